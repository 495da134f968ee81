export type Route = {
  path: string
  query: Record<string, string>
  version: string
  target: Target
}

export type Target =
  | { kind: 'control'; name: string }
  | { kind: 'list-models' }
  | { kind: 'get-model'; model: string }
  | { kind: 'call'; model: string; action: string }
  | { kind: 'openai'; endpoint: OpenAiEndpoint; model: string | undefined }
  | {
      kind: 'files'
      operation: 'list' | 'get' | 'delete' | 'download' | 'create'
      /** Empty where the path names no file. */
      id: string
    }
  /** The headers say what it does. */
  | { kind: 'upload' }
  | { kind: 'unknown' }

/** Paths below `/openai`; `models` may have a name. */
export type OpenAiEndpoint = 'chat/completions' | 'embeddings' | 'images/generations' | 'models'

const noQuery: Readonly<Record<string, string>> = Object.freeze({})

function queryOf(text: string): Record<string, string> {
  if (text === '') return noQuery
  if (text === 'alt=sse') return { alt: 'sse' }
  return Object.fromEntries(new URLSearchParams(text))
}

export function parseRoute(method: string, url: string): Route {
  const mark = url.indexOf('?')
  const rawPath = mark < 0 ? url : url.slice(0, mark)
  const query = queryOf(mark < 0 ? '' : url.slice(mark + 1))
  const path = rawPath.includes('//') ? rawPath.replace(/\/{2,}/g, '/') : rawPath
  if (path.startsWith('/_fake/')) {
    const name = path.slice('/_fake/'.length)
    return { path, query, version: '', target: { kind: 'control', name } }
  }
  const [, media = '', version = '', rest = ''] =
    /^(?:\/(upload|download))?\/(v1|v1beta|v1alpha)\/(.+)$/.exec(path) ?? []
  if (media !== '' || rest === 'files' || rest.startsWith('files/')) {
    return { path, query, version, target: filesTarget(method, media, rest) }
  }
  const ofOpenAi = /^openai\/(.+)$/.exec(rest)?.[1]
  const target = ofOpenAi === undefined ? targetOf(method, rest) : openAiTarget(method, ofOpenAi)
  return { path, query, version, target }
}

function openAiTarget(method: string, rest: string): Target {
  const model = /^models\/(.+)$/.exec(rest)?.[1]
  if (method === 'GET' && (rest === 'models' || model !== undefined)) {
    return { kind: 'openai', endpoint: 'models', model: model && modelId(decoded(model)) }
  }
  const endpoint = posts.find((one) => one === rest)
  if (method !== 'POST' || endpoint === undefined) return { kind: 'unknown' }
  return { kind: 'openai', endpoint, model: undefined }
}

const posts: readonly OpenAiEndpoint[] = ['chat/completions', 'embeddings', 'images/generations']

function filesTarget(method: string, media: string, rest: string): Target {
  const unknown: Target = { kind: 'unknown' }
  if (media === 'upload') {
    return rest === 'files' && (method === 'POST' || method === 'PUT')
      ? { kind: 'upload' }
      : unknown
  }
  if (media === 'download' && rest === 'files') return unknown
  if (rest === 'files') {
    if (method === 'POST') return { kind: 'files', operation: 'create', id: '' }
    return method === 'GET' ? { kind: 'files', operation: 'list', id: '' } : unknown
  }
  const [name = '', action, ...more] = decoded(rest.slice('files/'.length)).split(':')
  if (name === '' || name.includes('/') || more.length > 0) return unknown
  if (action === 'download' && method === 'GET') {
    return { kind: 'files', operation: 'download', id: name }
  }
  if (action !== undefined || media !== '') return unknown
  if (method === 'DELETE') return { kind: 'files', operation: 'delete', id: name }
  return method === 'GET' ? { kind: 'files', operation: 'get', id: name } : unknown
}

/** Accepts ids with and without the prefix. */
export const modelId = (name: string): string => name.replace(/^models\//, '')

function targetOf(method: string, rest: string): Target {
  const unknown: Target = { kind: 'unknown' }
  if (rest === 'models') return method === 'GET' ? { kind: 'list-models' } : unknown
  if (!rest.startsWith('models/')) return unknown
  const name = decoded(rest.slice('models/'.length))
  const colon = name.lastIndexOf(':')
  if (name === '' || name.includes('/')) return unknown
  if (colon < 0) return method === 'GET' ? { kind: 'get-model', model: name } : unknown
  if (method !== 'POST') return unknown
  return { kind: 'call', model: name.slice(0, colon), action: name.slice(colon + 1) }
}

function decoded(text: string): string {
  try {
    return text.includes('%') ? decodeURIComponent(text) : text
  } catch {
    return text
  }
}

const services: Readonly<Record<Target['kind'], string>> = {
  control: '',
  unknown: '',
  call: 'GenerativeService',
  openai: 'OpenAIService',
  'list-models': 'ModelService',
  'get-model': 'ModelService',
  files: 'FileService',
  upload: 'FileService',
}

const rpcs: Readonly<Record<string, string>> = {
  'list-models': 'ListModels',
  'chat/completions': 'ChatCompletions',
  embeddings: 'Embeddings',
  'images/generations': 'GenerateImages',
  models: 'ListModels',
}

/** The RPC name of a route in Google's error texts. */
export function rpcOf({ target, version }: Route): string {
  const action =
    target.kind === 'call'
      ? target.action.charAt(0).toUpperCase() + target.action.slice(1)
      : (rpcs[target.kind === 'openai' ? target.endpoint : target.kind] ?? 'GetModel')
  return `google.ai.generativelanguage.${version}.${services[target.kind]}.${action}`
}
