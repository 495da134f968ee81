import { ApiError } from '../calls/api-error.ts'
import { modelNamed } from '../models.ts'
import type { ThinkingLevel } from '../models.ts'
import { invalidArgument } from '../wire/google-error.ts'
import type { GenerateContentRequest, GenerationConfig } from '../wire/request.ts'
import type { ChatRequest } from './request.ts'
import { toContents } from './to-contents.ts'

export function toGenerate(request: ChatRequest, model: string): GenerateContentRequest {
  const { tools = [], extra_body: extra, service_tier: serviceTier } = request
  const cachedContent = extra?.google?.cached_content
  const declarations = tools.map(({ function: declared }) => ({
    name: declared?.name ?? '',
    description: declared?.description ?? '',
    ...(declared?.parameters === undefined ? {} : { parametersJsonSchema: declared.parameters }),
  }))
  return {
    ...toContents(request),
    ...(tools.length === 0 ? {} : { tools: [{ functionDeclarations: declarations }] }),
    ...toolConfig(request),
    ...(serviceTier === undefined ? {} : { serviceTier }),
    ...(cachedContent === undefined ? {} : { cachedContent }),
    generationConfig: { ...configOf(request), ...thinkingOf(request, model) },
  }
}

const modes: Readonly<Record<string, string>> = { auto: 'AUTO', none: 'NONE', required: 'ANY' }

function toolConfig({
  tool_choice: choice,
}: ChatRequest): Pick<GenerateContentRequest, 'toolConfig'> {
  if (choice === undefined) return {}
  if (typeof choice === 'string') {
    return { toolConfig: { functionCallingConfig: { mode: modes[choice] ?? 'AUTO' } } }
  }
  const allowedFunctionNames = [choice.function?.name ?? '']
  return { toolConfig: { functionCallingConfig: { mode: 'ANY', allowedFunctionNames } } }
}

function configOf(request: ChatRequest): GenerationConfig {
  const { temperature, top_p: topP, n, stop, response_format: format } = request
  const maxTokens = request.max_completion_tokens ?? request.max_tokens
  const schema = format?.json_schema?.schema
  return {
    ...(temperature === undefined ? {} : { temperature }),
    ...(topP === undefined ? {} : { topP }),
    ...(n === undefined ? {} : { candidateCount: n }),
    ...(maxTokens === undefined ? {} : { maxOutputTokens: maxTokens }),
    ...(stop === undefined ? {} : { stopSequences: typeof stop === 'string' ? [stop] : stop }),
    ...(format?.type?.startsWith('json') ? { responseMimeType: 'application/json' } : {}),
    ...(schema === undefined ? {} : { responseJsonSchema: schema }),
  }
}

const budgets: Readonly<Record<string, number>> = {
  none: 0,
  minimal: 1024,
  low: 1024,
  medium: 8192,
  high: 24_576,
}
const levels: Readonly<Record<string, ThinkingLevel>> = {
  minimal: 'MINIMAL',
  low: 'LOW',
  medium: 'MEDIUM',
  high: 'HIGH',
}

function thinkingOf(request: ChatRequest, name: string): Pick<GenerationConfig, 'thinkingConfig'> {
  const { reasoning_effort: effort } = request
  const config = request.extra_body?.google?.thinking_config
  if (effort !== undefined && config !== undefined) {
    throw new ApiError(
      invalidArgument(
        'Expected one of either `reasoning_effort` or custom `thinking_config`; found both.',
      ),
    )
  }
  if (effort !== undefined) return { thinkingConfig: thinkingForEffort(effort, name) }
  if (config === undefined) return {}
  const level = levels[config.thinking_level?.toLowerCase() ?? '']
  return {
    thinkingConfig: {
      ...(config.include_thoughts === undefined
        ? {}
        : { includeThoughts: config.include_thoughts }),
      ...(config.thinking_budget === undefined ? {} : { thinkingBudget: config.thinking_budget }),
      ...(level === undefined ? {} : { thinkingLevel: level }),
    },
  }
}

function thinkingForEffort(
  effort: string,
  name: string,
): { thinkingBudget: number } | { thinkingLevel: ThinkingLevel } {
  const { thinking } = modelNamed(name) ?? {}
  if (thinking?.levels.length === 0) {
    const budget = budgets[effort]
    if (budget === undefined || (budget === 0 && !thinking.canBeOff)) throw unknownEffort(effort)
    return { thinkingBudget: budget }
  }
  const level = levels[effort]
  if (level === undefined) throw unknownEffort(effort)
  const isKnown = thinking?.levels.includes(level) ?? true
  return { thinkingLevel: isKnown ? level : 'LOW' }
}

const unknownEffort = (effort: string) =>
  new ApiError(invalidArgument(`Invalid reasoning_effort: ${effort}.`))
