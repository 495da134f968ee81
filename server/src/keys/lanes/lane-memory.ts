import type { Cooldown, LaneCooldown } from '../inventory/cooldown.ts'
import type { Lane } from '../inventory/entities.ts'
import type { LedgerCounts } from './ledger.ts'
import type { LearnedLimits } from './limits.ts'

/** What of a cooldown is kept, archived or in the database. JSON has no Infinity: `null` is a time that never comes. */
export type Kept<T extends Cooldown> = Omit<T, 'until' | 'trialTimeoutMs' | 'trialSince'> & {
  readonly until: number | null
}

export type LaneMemory = {
  readonly cooldown?: Kept<LaneCooldown> | undefined
  readonly learned?: LearnedLimits | undefined
  readonly unknownQuotas: number
  readonly notFound: number
  readonly counts?: LedgerCounts | undefined
}

export const keptUntil = (until: number): number | null => (until === Infinity ? null : until)
export const untilKept = (until: number | null): number => until ?? Infinity

export function laneMemory(lane: Lane, now: number): LaneMemory {
  const { cooldown, learned, unknownQuotas, notFound } = lane
  return {
    cooldown: cooldown && keptCooldown(cooldown),
    learned,
    unknownQuotas,
    notFound,
    counts: lane.ledger.counts(now),
  }
}

function keptCooldown(cooldown: LaneCooldown): Kept<LaneCooldown> {
  const { since, until, needsTrial, kind, quotaIds, message } = cooldown
  return { since, until: keptUntil(until), needsTrial, kind, quotaIds, message }
}
