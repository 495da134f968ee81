import type {
  LogprobsResult,
  TokenLogprob as GoogleLogprob,
} from '../../../../google/answers/gemini-answer.ts'

type TokenLogprob = {
  readonly token: string
  readonly logprob: number
  readonly bytes: readonly number[]
}

export type Logprobs = {
  readonly content: readonly (TokenLogprob & { readonly top_logprobs: readonly TokenLogprob[] })[]
  readonly refusal: null
}

export function logprobsOf(result: LogprobsResult): Logprobs | undefined {
  const { chosen, top } = result
  if (chosen.length === 0) return undefined
  const content = chosen.map((one, index) => ({
    ...token(one),
    top_logprobs: (top[index] ?? []).map(token),
  }))
  return { content, refusal: null }
}

function token(given: GoogleLogprob): TokenLogprob {
  return {
    token: given.token,
    logprob: given.logProbability,
    bytes: [...Buffer.from(given.token)],
  }
}
