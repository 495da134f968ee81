import type { JsonObject } from '../../runtime/json-value.ts'
import type { ModelName } from '../models/model-name.ts'
import { leastThinking, type ThinkingConfig } from '../models/thinking.ts'
import { snakeCase } from './json/member-name.ts'

export type AdditionSettings = {
  readonly safetySettings: readonly { readonly category: string; readonly threshold: string }[]
  readonly thinkingBudgetMap: Readonly<Record<string, number>>
  readonly showThinkingProcess: boolean
  readonly toolsCodeExecutionEnabled: boolean
  readonly urlContextEnabled: boolean
  readonly urlContextModels: readonly string[]
}

/** The facts that decide what is added to a request. `generationConfig` and `tools` are parsed on first use. */
export type RequestFacts = {
  readonly model: ModelName
  /** The model as the client wrote it, for settings by full name. */
  readonly requested: string
  readonly generationConfig: () => JsonObject
  readonly tools: () => readonly JsonObject[]
  readonly hasFunctionCall: boolean
  readonly hasInlineData: boolean
  readonly hasCachedContent: boolean
}

const speechModel = /tts/
const imageModel = /image|banana/

/** Tools that a suffix or a setting requires, unless the request excludes built-in tools. */
export function toolsToAdd(
  facts: RequestFacts,
  settings: AdditionSettings,
): Record<string, object>[] {
  const wanted = toolsWanted(facts, settings)
  if (wanted.length === 0 || excludesTools(facts)) return []
  return wanted
    .filter((name) => !facts.tools().some((tool) => read(tool, name) !== undefined))
    .map((name) => ({ [name]: {} }))
}

function toolsWanted(facts: RequestFacts, settings: AdditionSettings): string[] {
  const { model, hasInlineData } = facts
  const { base, search } = model
  if (speechModel.test(base)) return []
  const makesImages = isImage(facts) || imageModel.test(base)
  const runsCode = settings.toolsCodeExecutionEnabled && !search && !makesImages
  const readsPages = settings.urlContextEnabled && settings.urlContextModels.includes(base)
  const wanted: string[] = []
  if (search) wanted.push('googleSearch')
  if (runsCode && !hasInlineData) wanted.push('codeExecution')
  if (readsPages && !makesImages) wanted.push('urlContext')
  return wanted
}

/** Google refuses built-in tools together with functions, caches and JSON answers. */
export function excludesTools(
  facts: Pick<RequestFacts, 'hasFunctionCall' | 'hasCachedContent' | 'generationConfig' | 'tools'>,
): boolean {
  if (facts.hasFunctionCall || facts.hasCachedContent) return true
  const config = facts.generationConfig()
  const wantsJson =
    read(config, 'responseMimeType') === 'application/json' ||
    JSON.stringify(read(config, 'responseFormat') ?? '').includes('APPLICATION_JSON')
  const functionLike = ['functionDeclarations', 'computerUse', 'mcpServers']
  return (
    wantsJson ||
    facts.tools().some((tool) => functionLike.some((name) => read(tool, name) !== undefined))
  )
}

/** Members to add to generationConfig; those that the client set are kept. */
export function configToAdd(
  facts: RequestFacts,
  settings: AdditionSettings,
): Record<string, unknown> {
  const wanted: Record<string, unknown> = {}
  if (isImage(facts)) wanted['responseModalities'] = ['TEXT', 'IMAGE']
  const thinking = thinkingFor(facts, settings)
  if (thinking !== undefined) wanted['thinkingConfig'] = thinking
  if (Object.keys(wanted).length === 0) return wanted
  return Object.fromEntries(
    Object.entries(wanted).filter(([name]) => read(facts.generationConfig(), name) === undefined),
  )
}

function thinkingFor(
  { model, requested }: RequestFacts,
  { thinkingBudgetMap, showThinkingProcess }: AdditionSettings,
): ThinkingConfig | undefined {
  if (model.nonThinking) return leastThinking(model.base)
  // The full name, with its suffix, takes precedence over the base name.
  const thinkingBudget = thinkingBudgetMap[requested] ?? thinkingBudgetMap[model.base]
  // Google refuses includeThoughts without thoughts, and a budget of 0 for models that always think.
  if (thinkingBudget === 0) return leastThinking(model.base)
  if (thinkingBudget === undefined) return undefined
  return showThinkingProcess ? { thinkingBudget, includeThoughts: true } : { thinkingBudget }
}

/** Safety settings for requests without their own. */
export function safetyToAdd(model: ModelName, { safetySettings }: AdditionSettings) {
  if (speechModel.test(model.base)) return []
  // This model refuses every threshold except OFF.
  if (model.base !== 'gemini-2.0-flash-exp') return safetySettings
  return safetySettings.map(({ category }) => ({ category, threshold: 'OFF' }))
}

/** Whether the model's name requests images, which removes the system instruction. */
export function isImage({ model, requested }: Pick<RequestFacts, 'model' | 'requested'>): boolean {
  return model.image || requested.endsWith('-image-generation')
}

/** Reads a member by its camelCase name, also when written in snake_case; null counts as absent. */
function read(object: JsonObject, name: string): unknown {
  return object[name] ?? object[snakeCase(name)] ?? undefined
}
