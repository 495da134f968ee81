import type { Outcome } from '../google/outcome.ts'
import { verdicts, type VerdictName } from '../google/verdicts.ts'

export type RetryLimits = {
  /** Attempts that may fail through no fault of a key, in all; 0 means 1. */
  readonly maxRetries: number
  /** Keys that may be stepped over. */
  readonly maxKeySwitches: number
}

/** What a request has been through. */
export type Tally = {
  readonly faultless: number
  readonly switches: number
  readonly once: readonly VerdictName[]
}

export const freshTally: Tally = { faultless: 0, switches: 0, once: [] }

export type Decision =
  | { readonly step: 'deliver' | 'stop' }
  | { readonly step: 'another-key' | 'another-project'; readonly tally: Tally }
  | { readonly step: 'again'; readonly tally: Tally; readonly delayMs: number }

/** What happens after an attempt, by its verdict and by what the request has been through. */
export function decide(outcome: Outcome, tally: Tally, limits: RetryLimits): Decision {
  const next = verdicts[outcome.verdict].next
  switch (next) {
    case 'deliver':
    case 'stop':
      return { step: next }
    case 'step-over':
      return stepOver(tally, limits)
    case 'step-over-once': {
      if (tally.once.includes(outcome.verdict)) return { step: 'deliver' }
      const switches = tally.switches + 1
      return {
        step: 'another-project',
        tally: { ...tally, switches, once: [...tally.once, outcome.verdict] },
      }
    }
    case 'retry-once':
      if (tally.once.includes(outcome.verdict)) return { step: 'deliver' }
      return {
        step: 'again',
        tally: { ...tally, once: [...tally.once, outcome.verdict] },
        delayMs: 0,
      }
    case 'retry': {
      const faultless = tally.faultless + 1
      if (faultless >= Math.max(1, limits.maxRetries)) return { step: 'deliver' }
      return {
        step: 'again',
        tally: { ...tally, faultless },
        delayMs: delayBefore(outcome.verdict, faultless),
      }
    }
  }
}

function stepOver(tally: Tally, limits: RetryLimits): Decision {
  if (tally.switches >= limits.maxKeySwitches) return { step: 'deliver' }
  return { step: 'another-key', tally: { ...tally, switches: tally.switches + 1 } }
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
