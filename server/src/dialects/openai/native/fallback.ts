import type { Outcome } from '../../../google/outcome.ts'
import { verdicts } from '../../../google/verdicts.ts'
import { FailureError, type Failure } from '../../failures.ts'
import type { DialectServices } from '../../services.ts'
import type { RefusedCall } from '../../translate/read-call.ts'

/** The two ways to serve a request. */
export type FallbackHandlers = {
  /** By Google's own endpoint; resolves with a refusal when that gave nothing. */
  readonly relay: () => Promise<RefusedCall | undefined>
  /** By translation; is given the relay's failure, where the relay was tried. */
  readonly translate: (failure: Failure | undefined) => Promise<void>
}

export type Fallback = (ways: FallbackHandlers) => Promise<void>

/** How long a refusal of our keys by Google's endpoint is taken to last. */
const pauseMs = 10 * 60_000
const logEveryMs = 5 * 60_000

/** Relays what can be relayed, and translates what has no key there. Throws FailureError. */
export function createFallback({ now, log }: Pick<DialectServices, 'now' | 'log'>): Fallback {
  let relayAgainAt = -Infinity
  let nextLogAt = -Infinity

  function logReason(reason: string): void {
    if (now() < nextLogAt) return
    nextLogAt = now() + logEveryMs
    log(`Requests to /openai/v1 are translated, not relayed: ${reason}`)
  }

  return async ({ relay, translate }) => {
    if (now() < relayAgainAt) return translate(undefined)
    const refused = await relay()
    if (refused === undefined) return
    const { failure, last } = refused
    if (!isKeyProblem(last)) throw new FailureError(failure)
    if (last?.verdict === 'bearer-refused') relayAgainAt = now() + pauseMs
    logReason(failure.message)
    await translate(failure)
  }
}

/** Whether other keys, or the same in Google's own format, may serve the request: neither it nor Google is at fault. */
function isKeyProblem(last: Outcome | undefined): boolean {
  if (last === undefined) return true
  if (last.verdict === 'model-not-found') return false
  return ['key', 'project', 'lane', 'us'].includes(verdicts[last.verdict].blame)
}
