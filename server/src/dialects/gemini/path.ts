import { idOf, isModelId } from '../../google/models/model-id.ts'

/** The resource or method of a path. */
export type GeminiPath =
  | { readonly kind: 'get-model'; readonly model: string }
  | {
      readonly kind: 'call'
      readonly collection: string
      readonly model: string
      readonly method: string
    }
  | { readonly kind: 'invalid'; readonly part: 'model' | 'method' }
  | { readonly kind: 'unknown' }

export const collections: readonly string[] = ['models', 'tunedModels', 'dynamic']
const methodName = /^[A-Za-z]{1,64}$/

/** Parses the path after the version: `models/x`, `models/x:generateContent`, `tunedModels/x:…`, `dynamic/x:…`. */
export function readGeminiPath(rest: string): GeminiPath {
  const slash = rest.indexOf('/')
  if (slash === -1) return { kind: 'unknown' }
  const collection = rest.slice(0, slash)
  const name = rest.slice(slash + 1)
  if (!collections.includes(collection) || name === '') return { kind: 'unknown' }
  const decoded = name.includes('%') ? decode(name) : name
  if (decoded === undefined) return { kind: 'unknown' }
  const colon = decoded.lastIndexOf(':')
  if (colon === -1) {
    const model = idOf(decoded)
    const isModel = collection === 'models' && !model.includes('/')
    return isModel ? { kind: 'get-model', model } : { kind: 'unknown' }
  }
  const named = decoded.slice(0, colon)
  const model = collection === 'models' ? idOf(named) : named
  const method = decoded.slice(colon + 1)
  if (model === '' || method === '') return { kind: 'unknown' }
  if (!isModelId(model)) return { kind: 'invalid', part: 'model' }
  if (!methodName.test(method)) return { kind: 'invalid', part: 'method' }
  return { kind: 'call', collection, model, method }
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}

/** Query names that pass to Google. All others are dropped: some change the credential, project or account of a call. */
const passedNames = [
  'alt',
  '$alt',
  'fields',
  '$fields',
  'prettyPrint',
  '$prettyPrint',
  'pageSize',
  'pageToken',
] as const

/** Printable ASCII. */
const plainValue = /^[\x20-\x7e]{0,1000}$/

/** The part of the query that passes to Google, with its question mark; empty when nothing is left. A repeated name passes once. */
export function queryForUpstream(query: URLSearchParams | undefined): string {
  if (query === undefined) return ''
  const kept = new URLSearchParams()
  for (const name of passedNames) {
    const value = query.get(name)
    if (value !== null && plainValue.test(value)) kept.set(name, value)
  }
  const text = kept.toString()
  return text === '' ? '' : `?${text}`
}
