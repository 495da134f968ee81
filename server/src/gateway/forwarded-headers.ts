import { type Headers } from '../runtime/streams/headers.ts'
import type { IncomingHttpHeaders } from 'node:http'

/** Headers forwarded to Google. An allow list: an unknown header may be a credential for another service. */
const forwardedRequestHeaders = new Set([
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

/** Hop-by-hop headers, and Google's cookies and routes. */
const droppedResponseHeaders = new Set([
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
    if (value !== undefined && forwardedRequestHeaders.has(name)) headers[name] = value
  }
  for (const [name, value] of Object.entries(custom)) headers[name.toLowerCase()] = value
  return headers
}

export function headersForClient(upstream: IncomingHttpHeaders): Headers {
  const headers: Headers = {}
  for (const name in upstream) {
    const value = upstream[name]
    if (value !== undefined && !droppedResponseHeaders.has(name)) headers[name] = value
  }
  return headers
}
