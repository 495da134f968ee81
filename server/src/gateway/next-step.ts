import type { Outcome } from '../google/outcome.ts'
import { verdicts, type VerdictName } from '../google/verdicts.ts'

export type RetryLimits = {
  /** Attempts that may fail through no fault of a key, in all; 0 means 1. */
  readonly maxRetries: number
  /** Keys that may be stepped over. */
  readonly maxKeySwitches: number
}

/** What a request has been through. */
export type RetryState = {
  readonly retries: number
  readonly switches: number
  readonly once: readonly VerdictName[]
}

export const freshRetryState: RetryState = { retries: 0, switches: 0, once: [] }

export type NextStep =
  | { readonly step: 'deliver' | 'stop' }
  | { readonly step: 'another-key' | 'another-project'; readonly retryState: RetryState }
  | { readonly step: 'again'; readonly retryState: RetryState; readonly delayMs: number }

/** What happens after an attempt, by its verdict and by what the request has been through. */
export function nextStep(outcome: Outcome, retryState: RetryState, limits: RetryLimits): NextStep {
  const next = verdicts[outcome.verdict].next
  switch (next) {
    case 'deliver':
    case 'stop':
      return { step: next }
    case 'next-key':
      return stepOver(retryState, limits)
    case 'next-project-once': {
      if (retryState.once.includes(outcome.verdict)) return { step: 'deliver' }
      const switches = retryState.switches + 1
      return {
        step: 'another-project',
        retryState: { ...retryState, switches, once: [...retryState.once, outcome.verdict] },
      }
    }
    case 'retry-once':
      if (retryState.once.includes(outcome.verdict)) return { step: 'deliver' }
      return {
        step: 'again',
        retryState: { ...retryState, once: [...retryState.once, outcome.verdict] },
        delayMs: 0,
      }
    case 'retry': {
      const retries = retryState.retries + 1
      if (retries >= Math.max(1, limits.maxRetries)) return { step: 'deliver' }
      return {
        step: 'again',
        retryState: { ...retryState, retries },
        delayMs: delayBefore(outcome.verdict, retries),
      }
    }
  }
}

function stepOver(retryState: RetryState, limits: RetryLimits): NextStep {
  if (retryState.switches >= limits.maxKeySwitches) return { step: 'deliver' }
  return { step: 'another-key', retryState: { ...retryState, switches: retryState.switches + 1 } }
}

/** Google asks for a pause where it is overloaded or broken; an empty answer is asked for again at once. */
function delayBefore(verdict: VerdictName, attempt: number): number {
  switch (verdict) {
    case 'model-overloaded':
      return 500 * 2 ** (attempt - 1)
    case 'upstream-failed':
      return 250 * 2 ** (attempt - 1)
    case 'network-failed':
      return 100 * 2 ** (attempt - 1)
    default:
      return 0
  }
}
