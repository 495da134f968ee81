export type ModelSettings = {
  readonly searchModels: readonly string[]
  readonly imageModels: readonly string[]
  readonly filteredModels: readonly string[]
}

/** A model as a client names it, and what its suffixes ask for. */
export type ModelName = {
  /** What Google calls it. */
  readonly base: string
  readonly search: boolean
  readonly image: boolean
  readonly nonThinking: boolean
}

const suffixes = { '-search': 'search', '-image': 'image', '-non-thinking': 'nonThinking' } as const
type Suffix = keyof typeof suffixes

/**
 * Takes suffixes off a model's name, in whatever order they stand. `-search` counts where the rest is one of SEARCH_MODELS, `-image` where it is
 * one of IMAGE_MODELS; a real model whose own name ends that way stays whole. Undefined when the model is not supported.
 */
export function parseModelName(
  requested: string,
  settings: ModelSettings,
  isKnown: (model: string) => boolean,
): ModelName | undefined {
  const wanted = { search: false, image: false, nonThinking: false }
  let base = requested
  for (;;) {
    const suffix = isKnown(base) ? undefined : suffixOf(base)
    if (suffix === undefined) break
    wanted[suffixes[suffix]] = true
    base = base.slice(0, -suffix.length)
  }
  const { filteredModels } = settings
  if (base === '' || filteredModels.includes(base) || filteredModels.includes(requested))
    return undefined
  if (!wanted.search && !wanted.image) return { base, ...wanted }

  const isOffered =
    (!wanted.search || settings.searchModels.includes(base)) &&
    (!wanted.image || settings.imageModels.includes(base))
  if (isOffered) return { base, ...wanted }
  // `gemini-3.1-flash-image` is a model of Google's, whether or not its list has been read.
  const isPlainImage = wanted.image && !wanted.search && !wanted.nonThinking
  return isPlainImage
    ? { base: requested, search: false, image: false, nonThinking: false }
    : undefined
}

function suffixOf(name: string): Suffix | undefined {
  if (name.endsWith('-search')) return '-search'
  if (name.endsWith('-image')) return '-image'
  return name.endsWith('-non-thinking') ? '-non-thinking' : undefined
}
