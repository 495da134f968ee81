import { type Headers } from '../runtime/headers.ts'
import type { IncomingHttpHeaders } from 'node:http'

/**
 * What a client says that Google may hear. A list of what passes, not of what is stopped: a header that nobody here
 * has heard of may be a credential for somebody else.
 */
const requestHeaders = new Set([
  'accept',
  'accept-language',
  'api-revision',
  'content-type',
  'user-agent',
  'x-goog-api-client',
  'x-goog-fieldmask',
  'x-goog-request-params',
  'x-server-timeout',
])

/** What concerns one connection, or Google's own cookies and routes, and not the answer. */
const stoppedResponseHeaders = new Set([
  'alt-svc',
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-connection',
  'set-cookie',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

export function headersForUpstream(
  client: IncomingHttpHeaders,
  custom: Readonly<Record<string, string>>,
): Headers {
  const headers: Headers = {}
  for (const name in client) {
    const value = client[name]
    if (value !== undefined && requestHeaders.has(name)) headers[name] = value
  }
  for (const [name, value] of Object.entries(custom)) headers[name.toLowerCase()] = value
  return headers
}

export function headersForClient(upstream: IncomingHttpHeaders): Headers {
  const headers: Headers = {}
  for (const name in upstream) {
    const value = upstream[name]
    if (value !== undefined && !stoppedResponseHeaders.has(name)) headers[name] = value
  }
  return headers
}
