import { excludesTools } from '../../../../google/requests/additions.ts'
import type { ChatRequest } from './chat-request.ts'
import type {
  GenerateContentRequest,
  GenerationConfig,
} from '../../../../google/requests/gemini-request.ts'
import { ClientError } from '../../../client-error.ts'
import type { FetchedFiles } from '../../../media/remote-media.ts'
import { translateMessages } from './messages.ts'
import type { ModelTraits } from '../../../../google/models/model-traits.ts'
import { droppedExtras, googleExtrasOf } from './google-extras.ts'
import { translateParameters, type ParameterSettings } from './parameters.ts'
import { translateResponseFormat } from './response-format.ts'
import type { FindSignature } from '../../../translate/thought-signatures.ts'
import { translateToolChoice } from './tool-choice.ts'
import { translateTools } from './tools.ts'
import type { ToolNames } from '../../../translate/tool-names.ts'
import { demandInWords } from '../../../translate/json-demand.ts'
import type { TranslatedRequest } from '../../../translate/serve-translated.ts'
import type { Warning } from '../../../translate/warnings.ts'

export type RequestContext = {
  readonly traits: ModelTraits
  readonly settings: ParameterSettings
  readonly files: FetchedFiles
  readonly findSignature: FindSignature
  readonly toolNames: ToolNames
}

/** Converts a chat request to Gemini's format, with a warning for each dropped field. */
export function translateRequest(request: ChatRequest, context: RequestContext): TranslatedRequest {
  const { traits, toolNames } = context
  const conversation = translateMessages(request.messages, context)
  const { contents, systemParts } = conversation.value
  if (contents.length === 0) {
    throw new ClientError("'messages' must contain text or media.", { param: 'messages' })
  }
  const tools = translateTools(request, traits, toolNames)
  const choice = translateToolChoice(request, tools.value, toolNames)
  const format = translateResponseFormat(request.response_format, {
    traits,
    tools: tools.value,
    choice,
  })
  const parameters = translateParameters(request, traits, context.settings)
  const { json, dropsTools } = format
  const config: GenerationConfig = { ...parameters.value, ...format.value }
  // Each choice is checked on its own.
  if (json !== undefined) delete config.candidateCount
  const isSystemOnly = contents[0]?.parts === systemParts
  const system = [
    ...(isSystemOnly ? [] : systemParts),
    ...(json === undefined ? [] : [{ text: demandInWords(json) }]),
  ]
  const hasTools = tools.value.length > 0 && dropsTools !== true
  const value: GenerateContentRequest = {
    contents,
    ...(system.length > 0 ? { systemInstruction: { parts: system } } : {}),
    ...(hasTools ? { tools: tools.value } : {}),
    ...(choice === undefined || !hasTools ? {} : { toolConfig: { functionCallingConfig: choice } }),
    ...(Object.keys(config).length > 0 ? { generationConfig: config } : {}),
    ...extras(request),
  }
  const warnings = [conversation, tools, format, parameters].flatMap((part) => part.warnings)
  return {
    value,
    warnings: [...warnings, ...droppedExtras(request), ...unsupportedFields(request)],
    json,
  }
}

/** A warning when functions, caches or JSON answers prevent the search of a `-search` model. */
export function suppressedSearch(request: GenerateContentRequest): Warning[] {
  const { contents, tools = [], generationConfig = {}, cachedContent } = request
  const isSuppressed = excludesTools({
    hasFunctionCall: contents.some(({ parts }) => parts.some((part) => part.functionCall)),
    hasCachedContent: cachedContent !== undefined,
    generationConfig: () => ({ ...generationConfig }),
    tools: () => tools,
  })
  const reason = 'Google does not combine search with functions, caches or JSON answers.'
  return isSuppressed ? [{ field: 'model(-search)', reason }] : []
}

function extras(request: ChatRequest): Partial<GenerateContentRequest> {
  const google = googleExtrasOf(request)
  const { service_tier: tier } = request
  return {
    ...(google?.cached_content ? { cachedContent: google.cached_content } : {}),
    ...(google?.safety_settings ? { safetySettings: google.safety_settings } : {}),
    // OpenAI's other tiers do not exist at Google.
    ...(tier === 'flex' || tier === 'priority' ? { serviceTier: tier } : {}),
  }
}

const supportedFields = new Set([
  'model',
  'messages',
  'stream',
  'stream_options',
  'temperature',
  'top_p',
  'top_k',
  'n',
  'stop',
  'max_tokens',
  'max_completion_tokens',
  'presence_penalty',
  'frequency_penalty',
  'seed',
  'logprobs',
  'top_logprobs',
  'reasoning_effort',
  'response_format',
  'tools',
  'tool_choice',
  'functions',
  'function_call',
  'modalities',
  'web_search_options',
  'extra_body',
  'google',
])

/** Unknown fields, and values without a counterpart at Google. */
function unsupportedFields(request: ChatRequest): Warning[] {
  const reason = 'Google has no counterpart.'
  return Object.entries(request)
    .filter(isUnsupported)
    .map(([field]) => ({ field, reason }))
}

const knownTiers: readonly unknown[] = ['auto', 'default', 'flex', 'priority']

function isUnsupported([field, value]: [string, unknown]): boolean {
  if (value === null || value === undefined) return false
  switch (field) {
    case 'parallel_tool_calls':
      // Gemini always allows parallel calls.
      return value === false
    case 'service_tier':
      return !knownTiers.includes(value)
    default:
      return !supportedFields.has(field)
  }
}
