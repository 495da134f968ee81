import type { IncomingMessage } from 'node:http'

/** The kind of client, known by where it sends its credential. */
export type CredentialKind = 'google' | 'anthropic' | 'openai'

/** `/v1/models` belongs to three dialects, which only the credential distinguishes. */
export function credentialKind({
  headers,
  url = '',
}: Pick<IncomingMessage, 'headers' | 'url'>): CredentialKind {
  if (headers['anthropic-version'] !== undefined && headers['x-api-key'] !== undefined) {
    return 'anthropic'
  }
  if (headers['x-goog-api-key'] !== undefined) return 'google'
  const at = url.indexOf('?')
  const hasKey = at !== -1 && new URLSearchParams(url.slice(at + 1)).has('key')
  return hasKey ? 'google' : 'openai'
}
