const suffix = /(?:-search|-image|-non-thinking)+$/

/** Whether a model counts against the pro cap: by a part of its name, whatever suffixes follow. */
export function isProModel(model: string, proModels: readonly string[]): boolean {
  const name = model.replace(suffix, '')
  return proModels.some((pro) => pro !== '' && name.includes(pro))
}
