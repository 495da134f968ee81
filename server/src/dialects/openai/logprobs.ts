import type { LogprobsResult } from './gemini-answer.ts'

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
  const { chosenCandidates, topCandidates } = result
  if (!chosenCandidates || chosenCandidates.length === 0) return undefined
  const content = chosenCandidates.map((chosen, index) => ({
    ...token(chosen),
    top_logprobs: (topCandidates?.[index]?.candidates ?? []).map(token),
  }))
  return { content, refusal: null }
}

function token(given: { token: string; logProbability: number }): TokenLogprob {
  return {
    token: given.token,
    logprob: given.logProbability,
    bytes: [...Buffer.from(given.token)],
  }
}
