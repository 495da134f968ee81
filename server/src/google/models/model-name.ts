export type ModelSettings = {
  readonly searchModels: readonly string[]
  readonly imageModels: readonly string[]
  readonly filteredModels: readonly string[]
}

/** A requested model: its base name and the features of its suffixes. */
export type ModelName = {
  /** Google's name of the model. */
  readonly base: string
  readonly search: boolean
  readonly image: boolean
  readonly nonThinking: boolean
}

const suffixes = { '-search': 'search', '-image': 'image', '-non-thinking': 'nonThinking' } as const
type Suffix = keyof typeof suffixes

/**
 * Parses the suffixes of a model's name, in any order. `-search` works for SEARCH_MODELS only. `-image` is a suffix after one of IMAGE_MODELS
 * and otherwise part of the name, as in Google's `gemini-3.1-flash-image`. Undefined when the model is not supported.
 */
export function parseModelName(
  requested: string,
  settings: ModelSettings,
  isKnown: (model: string) => boolean,
): ModelName | undefined {
  const { filteredModels, searchModels } = settings
  const model = withoutSuffixes(requested, settings, isKnown)
  if (model.base === '') return undefined
  if (filteredModels.includes(model.base) || filteredModels.includes(requested)) return undefined
  return model.search && !searchModels.includes(model.base) ? undefined : model
}

function withoutSuffixes(
  name: string,
  settings: ModelSettings,
  isKnown: (model: string) => boolean,
): ModelName {
  const whole = { base: name, search: false, image: false, nonThinking: false }
  const suffix = isKnown(name) ? undefined : suffixOf(name)
  if (suffix === undefined) return whole
  const rest = withoutSuffixes(name.slice(0, -suffix.length), settings, isKnown)
  if (suffix === '-image' && !settings.imageModels.includes(rest.base)) return whole
  return { ...rest, [suffixes[suffix]]: true }
}

function suffixOf(name: string): Suffix | undefined {
  if (name.endsWith('-search')) return '-search'
  if (name.endsWith('-image')) return '-image'
  return name.endsWith('-non-thinking') ? '-non-thinking' : undefined
}
