const versions: ReadonlySet<string> = new Set(['v1', 'v1beta', 'v1alpha'])

/** What people write before a resource: parts of base addresses, twice where a client adds them again. */
const prefixes: ReadonlySet<string> = new Set([
  ...versions,
  'gemini',
  'openai',
  'hf',
  'publishers',
  'google',
  'chat',
  'completions',
  'embeddings',
])

/** Only OpenAI has them. */
const openAiResources: ReadonlySet<string> = new Set([
  'chat/completions',
  'embeddings',
  'images/generations',
])

/** A method without its collection: `gemini-x:generateContent`. */
const bareCall = /^(?!models?:)[\w.-]{1,128}(?::|%3a)[a-z]{1,64}$/i
const hasMethod = /:|%3a/i

/** Longer paths are none of ours. */
const maxSegments = 16

/**
 * The path that is served for one that people type: with a version missing, doubled or of the other API. Undefined for everything else. `GET /models`
 * needs a credential, because pages have such addresses.
 */
export function servedPath(
  path: string,
  { hasCredential }: { readonly hasCredential: boolean },
): string | undefined {
  const segments = path.split('/', maxSegments + 2).filter((segment) => segment !== '')
  if (segments.length > maxSegments) return undefined
  // Some clients call their own base address `/api`.
  if (segments[0] === 'api' && versions.has(segments[1] ?? '')) segments.shift()
  const found = findResource(segments)
  if (found === undefined) return undefined
  const isCall = hasMethod.test(found.resource)
  if (
    found.words.length === 0 &&
    found.resource.startsWith('models') &&
    !isCall &&
    !hasCredential
  ) {
    return undefined
  }
  return `${baseOf(found)}/${found.resource}`
}

type Resource = { readonly words: readonly string[]; readonly resource: string }

function findResource(segments: readonly string[]): Resource | undefined {
  for (let at = 0; at < segments.length; at += 1) {
    const resource = resourceIn(segments.slice(at))
    if (resource !== undefined) return { words: segments.slice(0, at), resource }
    if (!prefixes.has(segments[at] ?? '')) return undefined
  }
  return undefined
}

function resourceIn(segments: readonly string[]): string | undefined {
  const [first = '', ...rest] = segments
  const whole = segments.join('/')
  if (openAiResources.has(whole) || whole === 'models') return whole
  if (['models', 'tunedModels', 'dynamic'].includes(first) && rest.length > 0) return whole
  return rest.length === 0 && bareCall.test(first) ? `models/${first}` : undefined
}

function baseOf({ words, resource }: Resource): string {
  const version = words.findLast((word) => versions.has(word))
  const isGoogle = hasMethod.test(resource) || !/^(?:models|chat|embeddings|images)/.test(resource)
  const prefix = words.includes('gemini') ? '/gemini' : ''
  if (isGoogle) return `${prefix}/${version ?? 'v1beta'}`
  // Google's own address for OpenAI clients is /v1beta/openai.
  if (words.includes('openai')) return '/openai/v1'
  if (words.includes('hf')) return '/hf/v1'
  if (openAiResources.has(resource)) return '/v1'
  if (prefix !== '') return `${prefix}/${version ?? 'v1beta'}`
  // Under /v1 the credential tells which list of models is meant.
  return `/${version ?? 'v1'}`
}
