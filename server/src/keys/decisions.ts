import type { Choice, KeyId, ProjectId, Refusal } from './port.ts'
import type { VerdictName } from './verdicts.ts'

export type Decision =
  | {
      readonly kind: 'chosen'
      readonly at: number
      readonly lane: string
      readonly key: KeyId
      readonly project: ProjectId
      readonly choice: Choice
      readonly trial: boolean
    }
  | {
      readonly kind: 'refused'
      readonly at: number
      readonly lane: string
      readonly reason: Refusal['kind']
    }
  | {
      readonly kind: 'settled'
      readonly at: number
      readonly lane: string
      readonly key: KeyId
      readonly verdict: VerdictName
      readonly tookMs: number
    }

export type Decisions = {
  note(decision: Decision): void
  /** Newest first. */
  list(): Decision[]
}

/** The last choices and settlements, in a ring. */
export function createDecisions(cap: number): Decisions {
  const ring: Decision[] = []
  let next = 0
  return {
    note(decision) {
      ring[next] = decision
      next = (next + 1) % cap
    },
    list: () => [...ring.slice(next), ...ring.slice(0, next)].toReversed(),
  }
}
