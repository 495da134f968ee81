import type { ClientDialect } from '@gemini-balance/contract'
import type { CredentialKind } from '../credential-kind.ts'

/** Which dialect a first part of a path belongs to; `/v1` belongs to several. */
const byPrefix: ReadonlyMap<string, ClientDialect> = new Map([
  ...['gemini', 'v1beta', 'v1alpha', 'upload', 'vertex-express'].map(
    (word) => [word, 'gemini'] as const,
  ),
  ...['hf', 'chat', 'completions', 'embeddings', 'images', 'audio', 'responses'].map(
    (word) => [word, 'openai'] as const,
  ),
  ['openai', 'openai-native'],
])

/** The dialect that a path seems to mean, so that its refusal has a form that the client reads. */
export function dialectOfPath(path: string, credential: CredentialKind): ClientDialect | undefined {
  const [first = '', second = ''] = path.split('/', 3).slice(1)
  if (second === 'openai' && first.startsWith('v1')) return 'openai-native'
  return first === 'v1' ? dialectOfCredential(credential) : byPrefix.get(first)
}

export const dialectOfCredential = (credential: CredentialKind): ClientDialect =>
  credential === 'google' ? 'gemini' : 'openai'
