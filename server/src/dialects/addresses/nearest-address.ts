import type { ClientDialect } from '@gemini-balance/contract'

const gemini = [
  'POST /v1beta/models/{model}:generateContent',
  'POST /v1beta/models/{model}:streamGenerateContent',
  'POST /v1beta/models/{model}:countTokens',
  'POST /v1beta/models/{model}:embedContent',
  'POST /v1beta/models/{model}:batchEmbedContents',
  'GET /v1beta/models',
  'GET /v1beta/models/{model}',
]

/** The addresses of each dialect, the usual one first. */
const addresses: Readonly<Record<ClientDialect, readonly string[]>> = {
  gemini,
  openai: [
    'POST /v1/chat/completions',
    'POST /v1/embeddings',
    'GET /v1/models',
    'POST /openai/v1/images/generations',
  ],
  'openai-native': [
    'POST /openai/v1/chat/completions',
    'POST /openai/v1/embeddings',
    'GET /openai/v1/models',
    'POST /openai/v1/images/generations',
  ],
}

/** Longer paths are judged by their beginning and end. */
const longest = 200

/** The address of a dialect that has most words of a request; the usual one where none has any. */
export function nearestAddress(
  dialect: ClientDialect,
  { method, path }: { readonly method: string | undefined; readonly path: string },
): string {
  const text = path.length > longest ? path.slice(0, 100) + path.slice(-100) : path
  const typed = wordsOf(text.toLowerCase())
  const [usual = '', ...others] = addresses[dialect]
  const scoreOf = (address: string) =>
    2 * sharedWords(address, typed) + (address.startsWith(`${method} `) ? 1 : 0)
  let best = { address: usual, score: scoreOf(usual) }
  for (const address of others) {
    const score = scoreOf(address)
    if (score > best.score) best = { address, score }
  }
  return best.address
}

const wordsOf = (text: string) => text.split(/[^a-z]+/).filter((word) => word.length >= 3)

/** A word counts also in its singular, or cut off. */
function sharedWords(address: string, typed: readonly string[]): number {
  const known = wordsOf(address.slice(address.indexOf('/')).toLowerCase())
  return typed.filter((word) => known.some((one) => one.startsWith(word) || word.startsWith(one)))
    .length
}
