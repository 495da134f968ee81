import type { IncomingHttpHeaders } from 'node:http'

/** The data plane is open to pages of any origin: they need a token, and cookies are never read there. */
export const corsHeaders = {
  'access-control-allow-origin': '*',
  'access-control-expose-headers': '*',
} as const

const maxHeaderListLength = 2000
const headerList = /^[\w!#$%&'*+.^`|~,\- \t]+$/

/** The headers of a preflight response. Headers are allowed by name, since `*` does not include Authorization. */
export function preflightHeaders(headers: IncomingHttpHeaders): Readonly<Record<string, string>> {
  const requested = headers['access-control-request-headers'] ?? ''
  const isValid = requested.length <= maxHeaderListLength && headerList.test(requested)
  return {
    ...corsHeaders,
    'access-control-allow-methods': 'GET, POST, PUT, PATCH, DELETE',
    'access-control-allow-headers': isValid ? requested : '*',
    'access-control-max-age': '7200',
    vary: 'access-control-request-headers',
    'content-length': '0',
  }
}
