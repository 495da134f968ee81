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

export type ProbedKey = { readonly secret: Secret; readonly model: string }

const body = Buffer.from('{"contents":[{"role":"user","parts":[{"text":"hi"}]}]}')
const maxMs = 30_000

/** Checks a key with countTokens, which generates nothing and has a large quota. */
export async function probeKey(deps: ProbeDeps, { secret, model }: ProbedKey): Promise<Outcome> {
  const call: UpstreamCall = {
    method: 'POST',
    path: `/${deps.version()}/models/${encodeURIComponent(model)}:countTokens`,
    headers: { 'content-type': 'application/json' },
    body: [body],
    framing: 'unary',
    generates: false,
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
