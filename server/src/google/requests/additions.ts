import type { ModelName } from '../models/model-name.ts'
import { leastThinking, type ThinkingConfig } from '../models/thinking.ts'

export type AdditionSettings = {
  readonly safetySettings: readonly { readonly category: string; readonly threshold: string }[]
  readonly thinkingBudgetMap: Readonly<Record<string, number>>
  readonly showThinkingProcess: boolean
  readonly toolsCodeExecutionEnabled: boolean
  readonly urlContextEnabled: boolean
  readonly urlContextModels: readonly string[]
}

type Fields = Readonly<Record<string, unknown>>

/** What is known of a client's request when it is decided what to add. Its members are parsed only when something may be added to them. */
export type Asked = {
  readonly model: ModelName
  /** The model as the client named it, for settings by full name. */
  readonly requested: string
  readonly generationConfig: () => Fields
  readonly tools: () => readonly Fields[]
  readonly hasFunctionCall: boolean
  readonly hasInlineData: boolean
  readonly hasCachedContent: boolean
}

const speechModel = /tts/
const imageModel = /image|banana/

/** Tools to add: what a suffix or a setting asks for, unless functions, a call, a cache or a JSON answer exclude it. */
export function toolsToAdd(asked: Asked, settings: AdditionSettings): Record<string, object>[] {
  const wanted = toolsWanted(asked, settings)
  if (wanted.length === 0 || excludesTools(asked)) return []
  return wanted
    .filter((name) => !asked.tools().some((tool) => read(tool, name) !== undefined))
    .map((name) => ({ [name]: {} }))
}

function toolsWanted(asked: Asked, settings: AdditionSettings): string[] {
  const { model, hasInlineData } = asked
  const { base, search } = model
  if (speechModel.test(base)) return []
  const drawsPictures = isImage(asked) || imageModel.test(base)
  const runsCode = settings.toolsCodeExecutionEnabled && !search && !drawsPictures
  const readsPages = settings.urlContextEnabled && settings.urlContextModels.includes(base)
  const wanted: string[] = []
  if (search) wanted.push('googleSearch')
  if (runsCode && !hasInlineData) wanted.push('codeExecution')
  if (readsPages && !drawsPictures) wanted.push('urlContext')
  return wanted
}

/** Google refuses built-in tools beside all of these. */
export function excludesTools(
  asked: Pick<Asked, 'hasFunctionCall' | 'hasCachedContent' | 'generationConfig' | 'tools'>,
): boolean {
  if (asked.hasFunctionCall || asked.hasCachedContent) return true
  const config = asked.generationConfig()
  const wantsJson =
    read(config, 'responseMimeType') === 'application/json' ||
    JSON.stringify(read(config, 'responseFormat') ?? '').includes('APPLICATION_JSON')
  const functionLike = ['functionDeclarations', 'computerUse', 'mcpServers']
  return (
    wantsJson ||
    asked.tools().some((tool) => functionLike.some((name) => read(tool, name) !== undefined))
  )
}

/** Members to add to generationConfig. What the client set itself stays. */
export function configToAdd(asked: Asked, settings: AdditionSettings): Record<string, unknown> {
  const wanted: Record<string, unknown> = {}
  if (isImage(asked)) wanted['responseModalities'] = ['TEXT', 'IMAGE']
  const thinking = thinkingFor(asked, settings)
  if (thinking !== undefined) wanted['thinkingConfig'] = thinking
  if (Object.keys(wanted).length === 0) return wanted
  return Object.fromEntries(
    Object.entries(wanted).filter(([name]) => read(asked.generationConfig(), name) === undefined),
  )
}

function thinkingFor(
  { model, requested }: Asked,
  { thinkingBudgetMap, showThinkingProcess }: AdditionSettings,
): ThinkingConfig | undefined {
  if (model.nonThinking) return leastThinking(model.base)
  // Whoever writes down a name with its suffix means that one more than the other.
  const thinkingBudget = thinkingBudgetMap[requested] ?? thinkingBudgetMap[model.base]
  // Google refuses to show thoughts where there are none, and a budget of 0 where a model cannot help thinking.
  if (thinkingBudget === 0) return leastThinking(model.base)
  if (thinkingBudget === undefined) return undefined
  return showThinkingProcess ? { thinkingBudget, includeThoughts: true } : { thinkingBudget }
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
function read(object: Fields, name: string): unknown {
  const snake = name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
  return object[name] ?? object[snake] ?? undefined
}
