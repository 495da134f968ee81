/** A model as Google lists it: what we read, and whatever else it says. */
export type Model = {
  readonly name: string
  readonly displayName?: string
  readonly description?: string
} & {
  readonly [field: string]: unknown
}

export type DerivedModelSettings = {
  readonly searchModels: readonly string[]
  readonly imageModels: readonly string[]
  readonly thinkingModels: readonly string[]
  readonly filteredModels: readonly string[]
}

const variants = [
  { setting: 'searchModels', suffix: '-search', display: ' For Search' },
  { setting: 'imageModels', suffix: '-image', display: ' For Image' },
  { setting: 'thinkingModels', suffix: '-non-thinking', display: ' Non Thinking' },
] as const

/** Google's list without the filtered models, and behind it the models that our suffixes make of it. */
export function deriveModels(models: readonly Model[], settings: DerivedModelSettings): Model[] {
  const shown = models.filter(({ name }) => !settings.filteredModels.includes(idOf(name)))
  const byId = new Map(shown.map((model) => [idOf(model.name), model]))
  const derived = variants.flatMap(({ setting, suffix, display }) =>
    settings[setting].flatMap((base) => {
      const model = byId.get(base)
      // A base that Google does not list is skipped, and so is a variant that Google has itself.
      if (model === undefined || byId.has(base + suffix)) return []
      const displayName = `${model.displayName ?? base}${display}`
      return [{ ...model, name: `models/${base}${suffix}`, displayName, description: displayName }]
    }),
  )
  return [...shown, ...derived]
}

export function idOf(name: string): string {
  return name.startsWith('models/') ? name.slice('models/'.length) : name
}
