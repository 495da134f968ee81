/** OpenAI's model object, with the additional fields of the Python program. */
export type OpenAiModel = {
  readonly id: string
  readonly object: 'model'
  readonly created: number
  readonly owned_by: 'google'
  readonly permission: readonly []
  readonly root: string
  readonly parent: null
}

/** `name` is Google's: `models/gemini-3.8-flash`. */
export function openAiModel(name: string, created: number): OpenAiModel {
  const root = name.startsWith('models/') ? name : `models/${name}`
  return {
    id: root.slice('models/'.length),
    object: 'model',
    created,
    owned_by: 'google',
    permission: [],
    root,
    parent: null,
  }
}

export type ModelList = {
  readonly object: 'list'
  readonly success: true
  readonly data: readonly OpenAiModel[]
}

export function openAiModelList(names: readonly string[], created: number): ModelList {
  return { object: 'list', success: true, data: names.map((name) => openAiModel(name, created)) }
}
