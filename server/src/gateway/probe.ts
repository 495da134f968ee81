import type { Outcome } from '../google/outcome.ts'
import type { UpstreamCall } from '../google/upstream-call.ts'
import type { Secret } from '../log/secret.ts'
import { neverAborted } from '../runtime/streams/client-signal.ts'
import type { AttemptOptions } from './attempt.ts'
import type { InspectedAnswer } from './hold-back/exchange.ts'

export type ProbeDeps = {
  readonly attempt: (call: UpstreamCall, options: AttemptOptions) => Promise<InspectedAnswer>
  readonly version: () => string
  readonly timeOutMs: number
}

export type ProbedKey = {
  readonly secret: Secret
  readonly model: string
  /** By the shortest answer, which the model's quota counts; else by countTokens, which generates nothing and has a large quota. */
  readonly generates: boolean
}

const contents = '"contents":[{"role":"user","parts":[{"text":"hi"}]}]'
const bodies = {
  countTokens: Buffer.from(`{${contents}}`),
  generateContent: Buffer.from(`{${contents},"generationConfig":{"maxOutputTokens":1}}`),
}
const maxMs = 30_000

/** Checks a key. */
export async function probeKey(
  deps: ProbeDeps,
  { secret, model, generates }: ProbedKey,
): Promise<Outcome> {
  const method = generates ? 'generateContent' : 'countTokens'
  const call: UpstreamCall = {
    method: 'POST',
    path: `/${deps.version()}/models/${encodeURIComponent(model)}:${method}`,
    headers: { 'content-type': 'application/json' },
    body: [bodies[method]],
    framing: 'unary',
    generates,
    usesResource: false,
  }
  const ms = Math.min(maxMs, deps.timeOutMs)
  const { outcome, answer } = await deps.attempt(call, {
    secret,
    timeouts: { firstByteMs: ms, idleMs: ms },
    signal: neverAborted,
  })
  answer?.discard()
  return outcome
}
