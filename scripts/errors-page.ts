import { errorCodes, errors } from '@gemini-balance/contract'

/** The errors of every interface, as a table for people who read an answer. */
export function errorsPage(): string {
  const rows = errorCodes.map((code) => {
    const { status, sentence } = errors[code]
    return `| \`${code}\` | ${status} | ${sentence} |`
  })
  return [
    '# Errors',
    '',
    'Every error that the gateway itself answers with has one of these codes, in every interface.',
    'A code is never renamed, and never used again for something else.',
    'This page is written by `npm run docs`.',
    '',
    '| code | status | what happened, and what to do |',
    '| --- | --- | --- |',
    ...rows,
    '',
  ].join('\n')
}
