import type { ChatRequest } from './chat-request.ts'
import { googleExtrasOf, type GoogleExtras } from './google-extras.ts'
import type {
  GenerationConfig,
  ThinkingConfig,
} from '../../../../google/requests/gemini-request.ts'
import type { ModelTraits } from '../../../../google/models/model-traits.ts'
import { thinkingFor } from './reasoning-effort.ts'
import type { Translated, Warning } from '../../../translate/warnings.ts'

export type ParameterSettings = {
  /** Whether to request thoughts by default. */
  readonly showThoughts: boolean
}

const maxStopSequences = 5

/** `generationConfig` without the response format. */
export function translateParameters(
  request: ChatRequest,
  traits: ModelTraits,
  settings: ParameterSettings,
): Translated<GenerationConfig> {
  const warnings: Warning[] = []
  const config: GenerationConfig = {}
  if (isGiven(request.temperature)) config.temperature = request.temperature
  if (isGiven(request.top_p)) config.topP = request.top_p
  if (isGiven(request.top_k) && request.top_k > 0) config.topK = Math.round(request.top_k)
  if (isGiven(request.seed)) config.seed = intoInt32(request.seed)
  const n = request.n ?? 1
  if (n > 1 && traits.generation < 3) config.candidateCount = n
  const parts = [
    maxTokens(request),
    stopSequences(request),
    penalties(request, traits),
    logprobs(request, traits),
    thinking(request, traits, settings),
    images(request, traits),
  ]
  for (const part of parts) {
    Object.assign(config, part.value)
    warnings.push(...part.warnings)
  }
  return { value: config, warnings }
}

const isGiven = <T>(value: T | null | undefined): value is T =>
  value !== null && value !== undefined

const carried = (value: GenerationConfig): Translated<GenerationConfig> => ({ value, warnings: [] })
const dropped = (field: string, reason: string): Warning => ({ field, reason })

function maxTokens(request: ChatRequest): Translated<GenerationConfig> {
  const name = isGiven(request.max_completion_tokens) ? 'max_completion_tokens' : 'max_tokens'
  const given = request[name]
  if (!isGiven(given)) return carried({})
  if (given > 0) return carried({ maxOutputTokens: given })
  return { value: {}, warnings: [dropped(name, 'The value must be greater than zero.')] }
}

function stopSequences({ stop }: ChatRequest): Translated<GenerationConfig> {
  const given = (typeof stop === 'string' ? [stop] : (stop ?? [])).filter((one) => one !== '')
  if (given.length === 0) return carried({})
  const value = { stopSequences: given.slice(0, maxStopSequences) }
  if (given.length <= maxStopSequences) return carried(value)
  return {
    value,
    warnings: [dropped('stop', `Google accepts at most ${maxStopSequences} stop sequences.`)],
  }
}

/** Truncates a seed to Google's 32 bits. */
const intoInt32 = (seed: number): number => Number(BigInt.asIntN(32, BigInt(seed)))

/** From 2.5 on models refuse penalties with 400. */
function penalties(request: ChatRequest, traits: ModelTraits): Translated<GenerationConfig> {
  const value: GenerationConfig = {}
  const warnings: Warning[] = []
  const names = [
    ['presence_penalty', 'presencePenalty'],
    ['frequency_penalty', 'frequencyPenalty'],
  ] as const
  for (const [field, name] of names) {
    const given = request[field]
    if (!isGiven(given) || given === 0) continue
    if (traits.generation < 2.5) value[name] = given
    else warnings.push(dropped(field, 'The model does not support penalties.'))
  }
  return { value, warnings }
}

function logprobs(request: ChatRequest, traits: ModelTraits): Translated<GenerationConfig> {
  if (!request.logprobs) return carried({})
  if (traits.generation >= 2.5) {
    return {
      value: {},
      warnings: [dropped('logprobs', 'The model does not support log probabilities.')],
    }
  }
  const top = request.top_logprobs ?? 0
  return carried({ responseLogprobs: true, ...(top > 0 ? { logprobs: top } : {}) })
}

function thinking(
  request: ChatRequest,
  traits: ModelTraits,
  { showThoughts }: ParameterSettings,
): Translated<GenerationConfig> {
  const { reasoning_effort: effort } = request
  const given = googleExtrasOf(request)?.thinking_config
  const warnings: Warning[] = []
  let config: ThinkingConfig | undefined
  if (given) {
    config = givenThinking(given)
    if (isGiven(effort))
      warnings.push(dropped('reasoning_effort', 'thinking_config takes precedence.'))
  } else if (isGiven(effort)) {
    const thinking = thinkingFor(effort, traits)
    config = thinking?.config
    if (!thinking) warnings.push(dropped('reasoning_effort', 'The model does not think.'))
    else if (!thinking.isExact) {
      warnings.push(
        dropped(
          'reasoning_effort',
          'The model does not have this effort; the nearest one is used.',
        ),
      )
    }
  }
  const defaultThoughts = showThoughts && traits.thinks && effort !== 'none' && setsThinking(config)
  const includes = given?.include_thoughts ?? (defaultThoughts ? true : undefined)
  const thinkingConfig = {
    ...config,
    ...(includes === undefined ? {} : { includeThoughts: includes }),
  }
  return { value: Object.keys(thinkingConfig).length === 0 ? {} : { thinkingConfig }, warnings }
}

/** Google refuses `includeThoughts` with a budget of 0. */
const setsThinking = (config: ThinkingConfig | undefined): boolean =>
  config?.thinkingLevel !== undefined || (config?.thinkingBudget ?? 0) !== 0

function givenThinking(given: NonNullable<GoogleExtras['thinking_config']>): ThinkingConfig {
  return {
    ...(isGiven(given.thinking_level) ? { thinkingLevel: given.thinking_level } : {}),
    ...(isGiven(given.thinking_budget) ? { thinkingBudget: given.thinking_budget } : {}),
  }
}

/** Image models answer with text and images; other modalities are dropped. */
function images(request: ChatRequest, traits: ModelTraits): Translated<GenerationConfig> {
  const { aspect_ratio: aspectRatio, image_size: imageSize } = googleExtrasOf(request) ?? {}
  const imageConfig = {
    ...(aspectRatio ? { aspectRatio } : {}),
    ...(imageSize ? { imageSize } : {}),
  }
  const unsupported = (request.modalities ?? []).filter(
    (one) => one !== 'text' && !(one === 'image' && traits.makesImages),
  )
  const warnings =
    unsupported.length > 0 ? [dropped('modalities', 'The model answers with text only.')] : []
  const value = {
    ...(Object.keys(imageConfig).length > 0 ? { imageConfig } : {}),
    ...(traits.makesImages ? { responseModalities: ['TEXT', 'IMAGE'] } : {}),
  }
  return { value, warnings }
}
