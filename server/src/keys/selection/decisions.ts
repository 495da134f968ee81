import type { VerdictName } from '../../google/verdicts.ts'
import type { ActiveReservation } from '../inventory/entities.ts'
import type { LaneTables } from '../lanes/lane-tables.ts'
import type { KeyRequest, NoKeyReason } from '../types.ts'
import type { Decision } from '../views.ts'

export type Decisions = {
  record(decision: Decision): void
  /** Newest first. */
  list(): Decision[]
}

/** The last choices and settlements, in a ring. */
export function createDecisions(cap: number): Decisions {
  const ring: Decision[] = []
  let next = 0
  return {
    record(decision) {
      ring[next] = decision
      next = (next + 1) % cap
    },
    list: () => [...ring.slice(next), ...ring.slice(0, next)].toReversed(),
  }
}

export function refused(
  tables: LaneTables,
  { request, lane }: KeyRequest,
  { reason, at }: { readonly reason: NoKeyReason['kind']; readonly at: number },
): Decision {
  const counts = tables.get(lane)?.statusCounts
  return { kind: 'refused', request, at, lane, reason, candidates: counts && { ...counts } }
}

export function chosen(reservation: ActiveReservation): Decision {
  const { request, reservedAt, lane, key, project, choice, trial, candidate } = reservation
  const candidates = { ...candidate.lane.table.statusCounts }
  return { kind: 'chosen', request, at: reservedAt, lane, key, project, choice, trial, candidates }
}

export function settled(
  { request, lane, key, reservedAt, candidate }: ActiveReservation,
  verdict: VerdictName,
  at: number,
): Decision {
  const tookMs = at - reservedAt
  const laneStatus = candidate.status
  return { kind: 'settled', request, at, lane, key, verdict, tookMs, laneStatus }
}
