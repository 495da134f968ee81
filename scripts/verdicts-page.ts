import { verdicts, type Blame, type Next } from '../server/src/google/verdicts.ts'

const causes = {
  nobody: 'none',
  client: 'the client',
  key: 'the key',
  project: 'the project',
  lane: 'the project for this model',
  model: 'the model',
  egress: 'the network or proxy',
  upstream: 'Google',
  us: 'the gateway',
} satisfies Record<Blame, string>

const nextSteps = {
  deliver: 'The answer is sent to the client.',
  'next-key': 'Another key; does not count towards MAX_RETRIES.',
  'next-project-once': 'Another project, once; then the answer is sent to the client.',
  retry: 'Another attempt, up to MAX_RETRIES.',
  'retry-once': 'One more attempt; then the answer is sent to the client.',
  stop: 'The request ends.',
} satisfies Record<Next, string>

/** The table of verdicts, for readers of the request log. */
export function verdictsPage(): string {
  const rows = Object.entries(verdicts).map(
    ([name, { blame, next, meaning }]) =>
      `| \`${name}\` | ${meaning} | ${causes[blame]} | ${nextSteps[next]} |`,
  )
  return [
    '# Verdicts',
    '',
    'Every attempt at Google ends with one of these verdicts, which the request log shows.',
    '`npm run docs` writes this page.',
    '',
    '| verdict | meaning | cause | next step |',
    '| --- | --- | --- | --- |',
    ...rows,
    '',
  ].join('\n')
}
