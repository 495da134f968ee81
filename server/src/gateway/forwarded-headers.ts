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

/**
 * Headers of Google's answers that clients receive. An allow list: a header of Google must not set cookies, policies or redirects for the
 * gateway's address. Without content-length: masking a key changes the length.
 */
const forwardedResponseHeaders = new Set([
  'accept-ranges',
  'age',
  'cache-control',
  'content-disposition',
  'content-encoding',
  'content-language',
  'content-range',
  'content-type',
  'date',
  'etag',
  'expires',
  'last-modified',
  'retry-after',
  'server-timing',
  'vary',
  'x-content-type-options',
  'x-gemini-service-tier',
  'x-goog-hash',
  'x-goog-request-id',
  'x-goog-safety-content-type',
  'x-goog-safety-encoding',
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
    if (value !== undefined && forwardedResponseHeaders.has(name) && isSendable(value)) {
      headers[name] = value
    }
  }
  return headers
}

/** Node throws at other characters, which would cost the whole answer. */
const unsendable = /[^\t\x20-\x7e\x80-\xff]/

function isSendable(value: string | readonly string[]): boolean {
  return typeof value === 'string'
    ? !unsendable.test(value)
    : value.every((one) => !unsendable.test(one))
}
