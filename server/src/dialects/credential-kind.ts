import type { IncomingMessage } from 'node:http'

/** Whose client a request comes from, by where its credential is. */
export type CredentialKind = 'google' | 'anthropic' | 'openai'

/** `/v1/models` is a path of three dialects; only the credential tells them apart. */
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
