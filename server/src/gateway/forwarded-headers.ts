import { type Headers } from '../runtime/streams/headers.ts'
import type { IncomingHttpHeaders } from 'node:http'

/** Headers forwarded to Google. An allow list: an unknown header may be a credential for another service. */
const forwardedRequestHeaders = new Set([
  'accept',
  'accept-language',
  'api-revision',
  'user-agent',
  'x-goog-api-client',
  'x-goog-fieldmask',
])

/** Printable ASCII. */
const plainValue = /^[\x20-\x7e]{0,1000}$/
/** Google reads a form as query parameters, and `key` is one of them. */
const jsonType = /^application\/json(?: ?; ?charset=[\w-]{1,20})?$/i
const seconds = /^\d{1,6}(?:\.\d{1,6})?$/

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
    if (forwardedRequestHeaders.has(name) && typeof value === 'string' && plainValue.test(value)) {
      headers[name] = value
    }
  }
  const type = client['content-type']
  if (type !== undefined) headers['content-type'] = jsonType.test(type) ? type : 'application/json'
  const timeout = client['x-server-timeout']
  if (typeof timeout === 'string' && seconds.test(timeout)) headers['x-server-timeout'] = timeout
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
