import type { Outcome } from '../google/outcome.ts'
import { verdicts } from '../google/verdicts.ts'
import type { StreamEnd } from './answer.ts'

/**
 * Whether Google's answer may be shown as it is. What it says about our keys, projects and quotas is ours to know; that a
 * model is unknown or closed is the client's to know, and so is a refusal that nobody can explain.
 */
export function mayShowClient({ verdict }: Outcome): boolean {
  switch (verdict) {
    case 'model-closed':
    case 'model-not-found':
    case 'refusal-unknown':
      return true
    default: {
      const { blame } = verdicts[verdict]
      return blame !== 'key' && blame !== 'project' && blame !== 'lane'
    }
  }
}

/** The outcome of a delivered attempt, now that its last byte has passed, or failed to. */
export function finalOutcome(
  inspected: Outcome,
  ending: StreamEnd,
  isClientGone: boolean,
): Outcome {
  if (ending.kind === 'complete') return inspected
  if (isClientGone) return { ...inspected, verdict: 'client-left' }
  return { ...inspected, verdict: 'stream-cut', message: ending.cause.message }
}
