import type { Usage as GeminiUsage } from '../../../../google/answers/usage-metadata.ts'

export type Usage = {
  readonly prompt_tokens: number
  readonly completion_tokens: number
  readonly total_tokens: number
  readonly prompt_tokens_details: { readonly cached_tokens: number }
  readonly completion_tokens_details: { readonly reasoning_tokens: number }
}

/** Google counts thoughts and tool input separately; OpenAI includes them in output and input. */
export function usageOf(usage: GeminiUsage): Usage {
  const prompt = usage.prompt + usage.toolUse
  const completion = usage.output + usage.thoughts
  return {
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: usage.total || prompt + completion,
    prompt_tokens_details: { cached_tokens: usage.cached },
    completion_tokens_details: { reasoning_tokens: usage.thoughts },
  }
}

/** Adds the usage of several calls. */
export function addUsage(first: Usage | undefined, second: Usage | undefined): Usage | undefined {
  if (first === undefined || second === undefined) return first ?? second
  return {
    prompt_tokens: first.prompt_tokens + second.prompt_tokens,
    completion_tokens: first.completion_tokens + second.completion_tokens,
    total_tokens: first.total_tokens + second.total_tokens,
    prompt_tokens_details: {
      cached_tokens:
        first.prompt_tokens_details.cached_tokens + second.prompt_tokens_details.cached_tokens,
    },
    completion_tokens_details: {
      reasoning_tokens:
        first.completion_tokens_details.reasoning_tokens +
        second.completion_tokens_details.reasoning_tokens,
    },
  }
}

export const noUsage: Usage = usageOf({
  prompt: 0,
  output: 0,
  thoughts: 0,
  cached: 0,
  toolUse: 0,
  total: 0,
})
