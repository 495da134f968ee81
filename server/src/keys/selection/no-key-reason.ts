import type { Candidate, LaneTable } from '../inventory/entities.ts'
import type { Inventory } from '../inventory/inventory.ts'
import type { Lanes } from '../lanes/lanes.ts'
import { gateOpensAt } from '../inventory/cooldown.ts'
import { limitNames } from '../lanes/limits.ts'
import type { KeyRequest, NoKeyReason } from '../types.ts'
import { ownerOf } from '../inventory/project-name.ts'

type Question = { readonly table: LaneTable; readonly wanted: KeyRequest; readonly now: number }
type Deps = { readonly fleet: Inventory; readonly lanes: Lanes }

const lookedAt = 16
/** A request too large for any limit, or one that waits for something without a time. */
const unknownWaitMs = 60_000

/** Why selection found nothing. Asked only after it did, so every seat has an entry by now. */
export function refusalFor(deps: Deps, question: Question): NoKeyReason {
  const { fleet, lanes } = deps
  const { table, wanted, now } = question
  if (fleet.keys.size === 0) return { kind: 'no-keys' }
  if (wanted.bearerOnly && !fleet.hasBearerKey) return { kind: 'none-allowed' }
  if (wanted.owner !== undefined) return ownerRefusal(deps, question)
  if (wanted.paidOnly && !fleet.lines.some((line) => line.paid && line.seats.length > line.gone)) {
    return { kind: 'none-allowed' }
  }
  const { laneStatuses } = table
  const waiting =
    laneStatuses.spent + laneStatuses.cooling + laneStatuses.resting + laneStatuses.trial
  if (waiting > 0) {
    const soonest = table.wakes.values().slice(0, lookedAt)
    return exhausted(soonest, { now, wakesAt: lanes.wakesAt(table) })
  }
  if (laneStatuses.ready > 0) return readyButNotForThis(deps, question)
  if (laneStatuses.unavailable > 0) return { kind: 'model-unavailable' }
  if (laneStatuses['not-allowed'] > 0) return { kind: 'none-allowed' }
  return { kind: 'none-alive' }
}

function readyButNotForThis({ lanes }: Deps, { table, wanted, now }: Question): NoKeyReason {
  if ((wanted.tried?.size ?? 0) + (wanted.triedProjects?.size ?? 0) > 0)
    return { kind: 'all-tried' }
  const wakesAt = lanes.wakesAt(table)
  if (wakesAt === undefined && wanted.estimatedInputTokens <= 1) return { kind: 'none-allowed' }
  const soonest = table.wakes.values().slice(0, lookedAt)
  return exhausted(soonest, { now, wakesAt })
}

function ownerRefusal({ fleet, lanes }: Deps, { table, wanted, now }: Question): NoKeyReason {
  const project = ownerOf(fleet, wanted.owner)
  if (!project) return { kind: 'none-alive' }
  const entries = project.seats.map((seat) => lanes.entryFor(table, seat))
  if (entries.every(({ standing }) => standing === 'keyless')) return { kind: 'none-alive' }
  if (entries.some(({ standing }) => standing === 'unavailable'))
    return { kind: 'model-unavailable' }
  if (entries.some(({ standing }) => standing === 'not-allowed')) return { kind: 'none-allowed' }
  if (entries.some(({ standing }) => standing === 'suspended')) return { kind: 'none-alive' }
  if (entries.some(({ standing }) => standing === 'ready') && wanted.tried)
    return { kind: 'all-tried' }
  return exhausted(entries, { now, wakesAt: Math.min(...entries.map(({ wakeAt }) => wakeAt)) })
}

function exhausted(
  entries: readonly Candidate[],
  { now, wakesAt = Infinity }: { now: number; wakesAt: number | undefined },
): NoKeyReason {
  const quotaIds = new Set<string>()
  for (const { lane } of entries) {
    const { block, learned } = lane
    if (block && gateOpensAt(block.gate, now) > now) {
      for (const quotaId of block.quotaIds) quotaIds.add(quotaId)
    } else if (learned) {
      for (const name of limitNames) if (learned[name]) quotaIds.add(learned[name].quotaId)
    }
  }
  const known = wakesAt === Infinity ? now + unknownWaitMs : wakesAt
  return { kind: 'exhausted', wakesAt: known, quotaIds: [...quotaIds] }
}
