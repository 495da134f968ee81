import type { LaneCooldown, Lane } from '../../inventory/entities.ts'
import { createGate } from '../../inventory/cooldown.ts'
import type { LedgerCounts } from '../ledger.ts'
import type { LearnedLimits } from '../limits.ts'

/** What is worth keeping of a lane while it is not used: over a restart, or asleep. */
export type LaneMemory = {
  readonly block?: (Omit<LaneCooldown, 'gate'> & { readonly gate: GateMemory }) | undefined
  readonly learned?: LearnedLimits | undefined
  readonly unexplained: number
  readonly notFound: number
  readonly counts?: LedgerCounts
}

/** A time that never comes is written as null. */
export type GateMemory = {
  readonly since: number
  readonly until: number | null
  readonly needsTrial: boolean
}

export function gateMemory({ since, until, needsTrial }: GateMemory): GateMemory {
  return { since, until: until === Infinity ? null : until, needsTrial }
}

export function laneMemory(lane: Lane, now: number): LaneMemory {
  const { block, learned, unexplained, notFound } = lane
  return {
    block: block && blockMemory(block),
    learned,
    unexplained,
    notFound,
    counts: lane.ledger.counts(now),
  }
}

function blockMemory({ gate, kind, quotaIds, message }: LaneCooldown): LaneMemory['block'] {
  return { gate: gateMemory(gate), kind, quotaIds, message }
}

/** Gives a lane back what was kept of it; its limits are to be applied afterwards. */
export function recall(lane: Lane, memory: LaneMemory, at: { now: number; patienceMs: number }) {
  const { block, counts } = memory
  lane.block = block && {
    gate: gateFrom(block.gate, at.patienceMs),
    kind: block.kind,
    quotaIds: block.quotaIds,
    message: block.message,
  }
  lane.learned = memory.learned
  lane.unexplained = memory.unexplained
  lane.notFound = memory.notFound
  if (counts) lane.ledger.restore(at.now, counts)
}

export function gateFrom({ since, until, needsTrial }: GateMemory, patienceMs: number) {
  return createGate({ since, until: until ?? Infinity, needsTrial, patienceMs })
}
