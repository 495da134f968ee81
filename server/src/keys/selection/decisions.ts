import type { Choice, KeyId, ProjectId, NoKeyReason } from '../types.ts'
import type { VerdictName } from '../../google/verdicts.ts'
import type { LaneStatus } from '../lane-status.ts'

/** How many lanes of the table stood how, where the choice was made: the candidates. */
export type Candidates = Readonly<Record<LaneStatus, number>>

export type Decision =
  | {
      readonly kind: 'chosen'
      readonly request: string | undefined
      readonly candidates: Candidates
      readonly at: number
      readonly lane: string
      readonly key: KeyId
      readonly project: ProjectId
      readonly choice: Choice
      readonly trial: boolean
    }
  | {
      readonly kind: 'refused'
      readonly request: string | undefined
      readonly candidates: Candidates | undefined
      readonly at: number
      readonly lane: string
      readonly reason: NoKeyReason['kind']
    }
  | {
      readonly kind: 'settled'
      readonly request: string | undefined
      /** How the lane stands now: the effect of the outcome. */
      readonly standing: LaneStatus | undefined
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
