import type { Candidate, LaneTable } from '../inventory/entities.ts'
import type { Inventory } from '../inventory/inventory.ts'
import type { Lanes } from '../lanes/lanes.ts'
import { cooldownEndsAt } from '../inventory/cooldown.ts'
import { countGroups } from '../inventory/key-group.ts'
import { limitNames, type KeyRequest, type NoKeyReason } from '../types.ts'

type Question = { readonly table: LaneTable; readonly wanted: KeyRequest; readonly now: number }
type Deps = { readonly inventory: Inventory; readonly lanes: Lanes }

const soonestRead = 16
/** A request too large for any limit, or one that waits for something without a time. */
const unknownWaitMs = 60_000

/** Why selection found nothing. Only for use after it: every group has a candidate by then. */
export function noKeyReason(deps: Deps, question: Question): NoKeyReason {
  const { inventory, lanes } = deps
  const { table, wanted, now } = question
  if (inventory.keys.size === 0) return { kind: 'no-keys' }
  if (wanted.bearerOnly && !inventory.hasBearerKey) return { kind: 'none-allowed' }
  if (wanted.owner !== undefined) return ownerReason(deps, question)
  if (wanted.paidOnly && !inventory.tiers.some((tier) => tier.paid && countGroups(tier) > 0)) {
    return { kind: 'none-allowed' }
  }
  const { statusCounts } = table
  const waiting =
    statusCounts.exhausted + statusCounts.cooling + statusCounts['key-cooling'] + statusCounts.trial
  if (waiting > 0) {
    const soonest = table.wakes.values().slice(0, soonestRead)
    return exhausted(soonest, { now, wakesAt: lanes.wakesAt(table) })
  }
  if (statusCounts.ready > 0) return readyButNotForThis(deps, question)
  if (statusCounts.unavailable > 0) return { kind: 'model-unavailable' }
  if (statusCounts['not-allowed'] > 0) return { kind: 'none-allowed' }
  return { kind: 'none-alive' }
}

function readyButNotForThis({ lanes }: Deps, { table, wanted, now }: Question): NoKeyReason {
  if ((wanted.tried?.size ?? 0) + (wanted.triedProjects?.size ?? 0) > 0)
    return { kind: 'all-tried' }
  const wakesAt = lanes.wakesAt(table)
  if (wakesAt === undefined && wanted.estimatedInputTokens <= 1) return { kind: 'none-allowed' }
  const soonest = table.wakes.values().slice(0, soonestRead)
  return exhausted(soonest, { now, wakesAt })
}

function ownerReason({ inventory, lanes }: Deps, { table, wanted, now }: Question): NoKeyReason {
  const project = inventory.ownerOf(wanted.owner)
  if (!project) return { kind: 'none-alive' }
  const candidates = project.groups.map((group) => lanes.candidateFor(table, group))
  if (candidates.every(({ status }) => status === 'no-key')) return { kind: 'none-alive' }
  if (candidates.some(({ status }) => status === 'unavailable'))
    return { kind: 'model-unavailable' }
  if (candidates.some(({ status }) => status === 'not-allowed')) return { kind: 'none-allowed' }
  if (candidates.some(({ status }) => status === 'suspended')) return { kind: 'none-alive' }
  if (candidates.some(({ status }) => status === 'ready') && wanted.tried)
    return { kind: 'all-tried' }
  return exhausted(candidates, {
    now,
    wakesAt: Math.min(...candidates.map(({ wakeAt }) => wakeAt)),
  })
}

function exhausted(
  candidates: readonly Candidate[],
  { now, wakesAt = Infinity }: { now: number; wakesAt: number | undefined },
): NoKeyReason {
  const quotaIds = new Set<string>()
  for (const { lane } of candidates) {
    const { cooldown, learned } = lane
    if (cooldown && cooldownEndsAt(cooldown, now) > now) {
      for (const quotaId of cooldown.quotaIds) quotaIds.add(quotaId)
    } else if (learned) {
      for (const name of limitNames) if (learned[name]) quotaIds.add(learned[name].quotaId)
    }
  }
  const known = wakesAt === Infinity ? now + unknownWaitMs : wakesAt
  return { kind: 'exhausted', wakesAt: known, quotaIds: [...quotaIds] }
}
