import { idOf } from './model-id.ts'

/** A model in Google's list, with all its fields. */
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

/** Google's list without filtered models, followed by the models with our suffixes. */
export function deriveModels(models: readonly Model[], settings: DerivedModelSettings): Model[] {
  const shown = models.filter(({ name }) => !settings.filteredModels.includes(idOf(name)))
  const byId = new Map(shown.map((model) => [idOf(model.name), model]))
  const derived = variants.flatMap(({ setting, suffix, display }) =>
    settings[setting].flatMap((base) => {
      const model = byId.get(base)
      // Google must list the base model, but not the variant.
      if (model === undefined || byId.has(base + suffix)) return []
      const displayName = `${model.displayName ?? base}${display}`
      return [{ ...model, name: `models/${base}${suffix}`, displayName, description: displayName }]
    }),
  )
  return [...shown, ...derived]
}
