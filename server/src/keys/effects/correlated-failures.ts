import type { Key } from '../inventory/entities.ts'
import type { VerdictName } from '../../google/verdicts.ts'

type Bounds = { readonly projects: number; readonly windowMs: number }
type Failure = { readonly key: Key; readonly at: number }
type Judgement = { readonly penalize: boolean; readonly forgiven: readonly Key[] }

const remembered = 256

/**
 * The same refusal of several independent keys within seconds, with no answer in between, is our fault or
 * Google's: the penalties of that burst are taken back.
 */
export type CorrelatedFailures = {
  /** Whether to penalize this key, and which keys, penalized before, to forgive. */
  judge(failure: { key: Key; verdict: VerdictName; now: number }): Judgement
  answered(): void
}

export function createCorrelatedFailures(bounds: () => Bounds): CorrelatedFailures {
  const failures = new Map<VerdictName, Failure[]>()
  return {
    judge({ key, verdict, now }) {
      const { projects, windowMs } = bounds()
      const recent = (failures.get(verdict) ?? []).filter(({ at }) => now - at < windowMs)
      recent.push({ key, at: now })
      failures.set(verdict, recent.slice(-remembered))
      const independent = new Set(recent.map((failure) => failure.key.group.project.id))
      if (independent.size < projects) return { penalize: true, forgiven: [] }
      const others = recent
        .map((failure) => failure.key)
        .filter((one) => one !== key && one.deadMark)
      // Forgiven once. A key that is refused again after its cooldown is at fault itself.
      return { penalize: key.forgiven, forgiven: others.filter((one) => !one.forgiven) }
    },
    answered() {
      if (failures.size > 0) failures.clear()
    },
  }
}
