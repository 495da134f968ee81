import type { Outcome } from '../google/outcome.ts'
import type { Secret } from '../log/secret.ts'
import type { AttemptOptions } from './attempt.ts'
import type { UpstreamCall } from '../google/upstream-call.ts'
import type { InspectedAnswer } from './hold-back/exchange.ts'
import { neverAborted } from '../runtime/client-signal.ts'

export type ProbeDeps = {
  readonly attempt: (call: UpstreamCall, options: AttemptOptions) => Promise<InspectedAnswer>
  readonly model: () => string
  readonly version: () => string
  readonly timeOutMs: () => number
}

const body = Buffer.from('{"contents":[{"role":"user","parts":[{"text":"hi"}]}]}')

/** Asks Google whether a key works, by counting tokens: that has a generous quota of its own and generates nothing. */
export async function probeKey(deps: ProbeDeps, secret: Secret): Promise<Outcome> {
  const call: UpstreamCall = {
    method: 'POST',
    path: `/${deps.version()}/models/${encodeURIComponent(deps.model())}:countTokens`,
    headers: { 'content-type': 'application/json' },
    body: [body],
    framing: 'unary',
    generates: false,
    usesResource: false,
  }
  const ms = deps.timeOutMs()
  const { outcome, answer } = await deps.attempt(call, {
    secret,
    timeouts: { firstByteMs: ms, idleMs: ms },
    signal: neverAborted,
  })
  answer?.discard()
  return outcome
}
