import type { ModelName } from '../../models/model-name.ts'
import { leastThinking } from '../../models/thinking.ts'

export type AdditionSettings = {
  readonly safetySettings: readonly { readonly category: string; readonly threshold: string }[]
  readonly thinkingBudgetMap: Readonly<Record<string, number>>
  readonly showThinkingProcess: boolean
  readonly toolsCodeExecutionEnabled: boolean
  readonly urlContextEnabled: boolean
  readonly urlContextModels: readonly string[]
}

/** What is known of a client's request when it is decided what to add. Member values are parsed; absent ones are undefined. */
export type Asked = {
  readonly model: ModelName
  /** The model as the client named it, for settings by full name. */
  readonly requested: string
  readonly generationConfig: Readonly<Record<string, unknown>>
  readonly tools: readonly Readonly<Record<string, unknown>>[]
  readonly hasFunctionCall: boolean
  readonly hasInlineData: boolean
}

const speechModel = /tts/

/** Tools to add: what a suffix or a setting asks for, unless functions, a call or a JSON answer exclude it. */
export function toolsToAdd(asked: Asked, settings: AdditionSettings): Record<string, object>[] {
  const { model, generationConfig, tools } = asked
  const wantsJson = read(generationConfig, 'responseMimeType') === 'application/json'
  const hasFunctions = tools.some((tool) => read(tool, 'functionDeclarations') !== undefined)
  if (wantsJson || hasFunctions || asked.hasFunctionCall || speechModel.test(model.base)) return []
  const wanted = {
    googleSearch: model.search,
    codeExecution:
      settings.toolsCodeExecutionEnabled && !model.search && !model.image && !asked.hasInlineData,
    urlContext: settings.urlContextEnabled && settings.urlContextModels.includes(model.base),
  }
  return Object.entries(wanted)
    .filter(([name, isWanted]) => isWanted && !tools.some((tool) => read(tool, name) !== undefined))
    .map(([name]) => ({ [name]: {} }))
}

/** Members to add to generationConfig. What the client set itself stays. */
export function configToAdd(asked: Asked, settings: AdditionSettings): Record<string, unknown> {
  const { model, generationConfig } = asked
  const added: Record<string, unknown> = {}
  if (isImage(asked) && read(generationConfig, 'responseModalities') === undefined) {
    added['responseModalities'] = ['TEXT', 'IMAGE']
  }
  if (read(generationConfig, 'thinkingConfig') !== undefined) return added
  if (model.nonThinking) return { ...added, thinkingConfig: leastThinking(model.base) }
  const budget =
    settings.thinkingBudgetMap[model.base] ?? settings.thinkingBudgetMap[asked.requested]
  if (budget === undefined) return added
  const includeThoughts = settings.showThinkingProcess ? { includeThoughts: true } : {}
  return { ...added, thinkingConfig: { thinkingBudget: budget, ...includeThoughts } }
}

/** Safety settings for a client that brings none. */
export function safetyToAdd(model: ModelName, { safetySettings }: AdditionSettings) {
  if (speechModel.test(model.base)) return []
  // This model refused every threshold but OFF.
  if (model.base !== 'gemini-2.0-flash-exp') return safetySettings
  return safetySettings.map(({ category }) => ({ category, threshold: 'OFF' }))
}

/** Whether pictures are asked for by name: then there is no system instruction. */
export function isImage({ model, requested }: Pick<Asked, 'model' | 'requested'>): boolean {
  return model.image || requested.endsWith('-image-generation')
}

/** A member by its camelCase name, whichever way the client wrote it; null is absent. */
export function read(object: Readonly<Record<string, unknown>>, name: string): unknown {
  const snake = name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
  return object[name] ?? object[snake] ?? undefined
}
