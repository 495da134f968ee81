/** The resource or method of a path. */
export type GeminiPath =
  | { readonly kind: 'list-models' }
  | { readonly kind: 'get-model'; readonly model: string }
  | {
      readonly kind: 'call'
      readonly collection: string
      readonly model: string
      readonly method: string
    }
  | { readonly kind: 'unknown' }

const collections = new Set(['models', 'tunedModels', 'dynamic'])

/** Parses the path after the version: `models`, `models/x`, `models/x:generateContent`, `tunedModels/x:…`, `dynamic/x:…`. */
export function readGeminiPath(rest: string): GeminiPath {
  if (rest === 'models') return { kind: 'list-models' }
  const slash = rest.indexOf('/')
  if (slash === -1) return { kind: 'unknown' }
  const collection = rest.slice(0, slash)
  const name = rest.slice(slash + 1)
  if (!collections.has(collection) || name === '') return { kind: 'unknown' }
  const decoded = name.includes('%') ? decode(name) : name
  if (decoded === undefined) return { kind: 'unknown' }
  const colon = decoded.lastIndexOf(':')
  if (colon === -1) {
    const isModel = collection === 'models' && !decoded.includes('/')
    return isModel ? { kind: 'get-model', model: decoded } : { kind: 'unknown' }
  }
  const model = decoded.slice(0, colon)
  const method = decoded.slice(colon + 1)
  return model === '' || method === '' || method.includes('/')
    ? { kind: 'unknown' }
    : { kind: 'call', collection, model, method }
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}

/** The query without the client's credentials, with its question mark; empty when nothing is left. */
export function queryForUpstream(query: URLSearchParams | undefined): string {
  if (query === undefined) return ''
  const kept = new URLSearchParams(query)
  for (const name of ['key', 'access_token', 'oauth_token', 'quotaUser', '$key']) kept.delete(name)
  const text = kept.toString()
  return text === '' ? '' : `?${text}`
}
