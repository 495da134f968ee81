import type { IncomingHttpHeaders } from 'node:http'

/** For pages of other origins that call the data plane: any of them may, with a token of its own; cookies never count there. */
export const openToPages = {
  'access-control-allow-origin': '*',
  'access-control-expose-headers': '*',
} as const

const longestHeaderList = 2000
const headerList = /^[\w!#$%&'*+.^`|~,\- \t]+$/

/** The answer to a browser that asks whether it may call. Headers are allowed by name: `*` leaves Authorization out. */
export function preflightAnswer(headers: IncomingHttpHeaders): Readonly<Record<string, string>> {
  const asked = headers['access-control-request-headers'] ?? ''
  const isFine = asked.length <= longestHeaderList && headerList.test(asked)
  return {
    ...openToPages,
    'access-control-allow-methods': 'GET, POST, PUT, PATCH, DELETE',
    'access-control-allow-headers': isFine ? asked : '*',
    'access-control-max-age': '7200',
    vary: 'access-control-request-headers',
    'content-length': '0',
  }
}
