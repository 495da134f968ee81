import { verdicts, type Blame, type Next } from '../server/src/google/verdicts.ts'

const blamed = {
  nobody: 'nobody',
  client: 'the client',
  key: 'the key',
  project: 'the project',
  lane: 'the project for this model',
  model: 'the model',
  egress: 'our way out',
  upstream: 'Google',
  us: 'us',
} satisfies Record<Blame, string>

const nextStep = {
  deliver: 'The answer goes to the client.',
  'next-key': 'Another key, free of MAX_RETRIES.',
  'next-project-once': 'Another project, once; then the answer is delivered.',
  retry: 'Another attempt, counted by MAX_RETRIES.',
  'retry-once': 'One more attempt; then the answer is delivered.',
  stop: 'Nobody is there to be answered.',
} satisfies Record<Next, string>

/** How every attempt can end, as a table for people who read the request log. */
export function verdictsPage(): string {
  const rows = Object.entries(verdicts).map(
    ([name, { blame, next, meaning }]) =>
      `| \`${name}\` | ${meaning} | ${blamed[blame]} | ${nextStep[next]} |`,
  )
  return [
    '# Verdicts',
    '',
    'Every attempt to get an answer from Google ends in one of these. The request log names them.',
    'This page is written by `npm run docs`.',
    '',
    '| verdict | what happened | who is at fault | what the request does next |',
    '| --- | --- | --- | --- |',
    ...rows,
    '',
  ].join('\n')
}
