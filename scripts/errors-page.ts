import { errorCodes, errors } from '@gemini-balance/contract'

/** The table of error codes, for users who read an answer. */
export function errorsPage(): string {
  const rows = errorCodes.map((code) => {
    const { status, sentence } = errors[code]
    return `| \`${code}\` | ${status} | ${sentence} |`
  })
  return [
    '# Errors',
    '',
    'Errors of the gateway itself have one of these codes, the same in all interfaces.',
    'A code is never renamed or reused.',
    '`npm run docs` writes this page.',
    '',
    '| code | status | what happened, and what to do |',
    '| --- | --- | --- |',
    ...rows,
    '',
  ].join('\n')
}
