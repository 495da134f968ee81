import type { Outcome } from '../google/outcome.ts'
import { verdicts, type VerdictName } from '../google/verdicts.ts'

export type RetryLimits = {
  /** Total attempts for failures that are not a key's fault; 0 means 1. */
  readonly maxRetries: number
  /** How often a request may switch to another key. */
  readonly maxKeySwitches: number
}

/** What counts toward the limits of a request. */
export type RetryState = {
  readonly retries: number
  readonly switches: number
  /** Verdicts that allow one retry and have used it. */
  readonly once: readonly VerdictName[]
  /** Verdicts that blamed a key or its project. */
  readonly refusals: readonly VerdictName[]
}

export const freshRetryState: RetryState = { retries: 0, switches: 0, once: [], refusals: [] }

export type NextStep =
  | { readonly step: 'deliver' | 'stop' }
  | { readonly step: 'another-key' | 'another-project'; readonly retryState: RetryState }
  | { readonly step: 'again'; readonly retryState: RetryState; readonly delayMs: number }

/** Decides what follows an attempt, by its verdict and the retry state. */
export function nextStep(outcome: Outcome, retryState: RetryState, limits: RetryLimits): NextStep {
  const next = verdicts[outcome.verdict].next
  switch (next) {
    case 'deliver':
    case 'stop':
      return { step: next }
    case 'next-key':
      return switchKey(outcome.verdict, retryState, limits)
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
      return retry(
        outcome.verdict,
        { ...retryState, once: [...retryState.once, outcome.verdict] },
        limits,
      )
    case 'retry':
      return retry(outcome.verdict, retryState, limits)
  }
}

/** Keys that one request may be refused for alike: some may be dead by chance, with more the request itself is at fault. */
const maxAlike = 5

function switchKey(verdict: VerdictName, retryState: RetryState, limits: RetryLimits): NextStep {
  const { blame } = verdicts[verdict]
  const refusals =
    blame === 'key' || blame === 'project' ? [...retryState.refusals, verdict] : retryState.refusals
  const alike = refusals.filter((one) => one === verdict).length
  if (alike >= maxAlike || retryState.switches >= limits.maxKeySwitches) return { step: 'deliver' }
  const switches = retryState.switches + 1
  return { step: 'another-key', retryState: { ...retryState, switches, refusals } }
}

function retry(verdict: VerdictName, retryState: RetryState, limits: RetryLimits): NextStep {
  const retries = retryState.retries + 1
  if (retries >= Math.max(1, limits.maxRetries)) return { step: 'deliver' }
  return {
    step: 'again',
    retryState: { ...retryState, retries },
    delayMs: delayBefore(verdict, retries),
  }
}

/** Backoff for failures of Google and the network; an empty answer is retried at once. */
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
