import type { Outcome } from '../../../google/outcome.ts'
import { verdicts } from '../../../google/verdicts.ts'
import { FailureError, type Failure } from '../../failures.ts'
import type { DialectServices } from '../../services.ts'
import type { RefusedCall } from '../../translate/read-call.ts'

export type FallbackHandlers = {
  /** Calls Google's endpoint; resolves with a refusal when there is no answer to relay. */
  readonly relay: () => Promise<RefusedCall | undefined>
  /** Translates; gets the failure of the relay if it was tried. */
  readonly translate: (failure: Failure | undefined) => Promise<void>
}

export type Fallback = (handlers: FallbackHandlers) => Promise<void>

/** How long requests are translated after Google's endpoint refused a key. */
const pauseMs = 10 * 60_000
const logEveryMs = 5 * 60_000

/** Relays requests, and translates those that fail because of a key. Throws FailureError. */
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
    const refusal = await relay()
    if (refusal === undefined) return
    const { failure, last } = refusal
    if (!isKeyProblem(last)) throw new FailureError(failure)
    if (last?.verdict === 'bearer-refused') relayAgainAt = now() + pauseMs
    logReason(failure.message)
    await translate(failure)
  }
}

/** Whether translation may succeed: the failure is neither the request's nor Google's. */
function isKeyProblem(last: Outcome | undefined): boolean {
  if (last === undefined) return true
  if (last.verdict === 'model-not-found') return false
  return ['key', 'project', 'lane', 'us'].includes(verdicts[last.verdict].blame)
}
