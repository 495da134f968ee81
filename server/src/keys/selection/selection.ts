import type { Conversations } from './affinity.ts'
import type { Candidate, Key, LaneTable, Tier, TierQueue, KeyGroup } from '../inventory/entities.ts'
import type { Inventory } from '../inventory/inventory.ts'
import { gateOpensAt } from '../inventory/cooldown.ts'
import {
  firstWithRoom,
  leaveReady,
  nextFreshSeat,
  perhapsWithRoom,
  place,
  queueOf,
  wakeEntries,
} from '../lanes/lane-table.ts'
import type { Lanes } from '../lanes/lanes.ts'
import type { Pool } from '../pool/pool.ts'
import type { KeyRequest, Choice, KeyId } from '../types.ts'
import { ownerOf } from '../inventory/project-name.ts'

export type Pick = { readonly entry: Candidate; readonly key: Key; readonly choice: Choice }

type Deps = {
  readonly fleet: Inventory
  readonly lanes: Lanes
  readonly conversations: Conversations
  readonly pool: Pool
}

type Search = { readonly table: LaneTable; readonly wanted: KeyRequest; readonly now: number }

/** What is picked is to be reserved, or its lane placed again. */
export type Selection = { pick(search: Search): Pick | undefined }

/** Owner, then conversation, then priority tiers from the top: in each the pool, then the least recently used. */
export function createSelection(deps: Deps): Selection {
  return {
    pick(search) {
      const { wanted, table, now } = search
      if (wanted.bearerOnly && !deps.fleet.hasBearerKey) return undefined
      wakeEntries(table, now)
      deps.lanes.wakeSleepers(table, now)
      if (wanted.owner !== undefined) return pickOwner(deps, search)
      return pickConversation(deps, search) ?? pickTiers(deps, search)
    },
  }
}

function pickOwner({ fleet, lanes }: Deps, search: Search): Pick | undefined {
  const project = ownerOf(fleet, search.wanted.owner)
  const seats = [...(project?.seats ?? [])].toSorted((a, b) => b.line.priority - a.line.priority)
  for (const seat of seats) {
    const entry = lanes.entryFor(search.table, seat)
    const key = hasRoom(entry, search) ? nextKey(entry, search) : undefined
    if (key) return { entry, key, choice: 'owner' }
  }
  return undefined
}

function pickConversation(deps: Deps, search: Search): Pick | undefined {
  const { conversation } = search.wanted
  if (conversation === undefined) return undefined
  const id = deps.conversations.keyOf(conversation, search.now)
  const pick = id === undefined ? undefined : pickKey(deps, search, id)
  return pick && { entry: pick.entry, key: pick.key, choice: 'conversation' }
}

/** One certain key, when it and its lane can take the call now. */
function pickKey(
  { fleet, lanes }: Deps,
  search: Search,
  id: KeyId,
): Omit<Pick, 'choice'> | undefined {
  const key = fleet.keys.get(id)
  if (!key || key.disabled || key.death || !fits(key, search)) return undefined
  const entry = lanes.entryFor(search.table, key.seat)
  return hasRoom(entry, search) ? { entry, key } : undefined
}

function pickTiers(deps: Deps, search: Search): Pick | undefined {
  const { lines } = deps.fleet
  for (let index = 0; index < lines.length;) {
    const tier = tierAt(lines, index)
    index += tier.length
    for (const lines of inTurn(search, tier)) {
      const queues = queuesOf(search, lines)
      if (queues.length === 0) continue
      const pooled = pickPool(deps, search, { tier: lines, queues })
      const pick = pooled ?? pickLeastRecent(deps, search, queues)
      if (pick) return pick
    }
  }
  return undefined
}

const freeZerosToBelieve = 3

/** A model of which free projects have nothing is asked of paid ones first: a request must not walk through all that cannot. */
function inTurn({ table }: Search, tier: readonly Tier[]): readonly (readonly Tier[])[] {
  if (table.freeZeros < freeZerosToBelieve) return [tier]
  const paid = tier.filter((line) => line.paid)
  return paid.length === 0 ? [tier] : [paid, tier]
}

/** Lines of one priority stand side by side. */
function tierAt(lines: readonly Tier[], index: number): readonly Tier[] {
  const first = lines[index]
  const second = lines[index + 1]
  if (!first) return []
  return second && second.priority === first.priority ? [first, second] : [first]
}

function queuesOf({ table, wanted }: Search, tier: readonly Tier[]): TierQueue[] {
  const queues: TierQueue[] = []
  for (const line of tier) if (line.paid || !wanted.paidOnly) queues.push(queueOf(table, line))
  return queues
}

type PriorityLevel = { readonly tier: readonly Tier[]; readonly queues: readonly TierQueue[] }

/** What opens without a time is found when the pool is looked through again. */
const poolLookMs = 1000

/** A pool with a place for every key prefers none of them. */
function pickPool(deps: Deps, search: Search, { tier, queues }: PriorityLevel): Pick | undefined {
  const { pool, fleet } = deps
  const { table, now } = search
  const tokens = search.wanted.estimatedInputTokens
  if (pool.size === 0 || pool.capacity >= fleet.keys.size) return undefined
  if (pool.restsUntil(table, tokens) > now) return undefined
  const inTurn = pickMemberInTurn(pool, search, queues)
  if (inTurn) return inTurn
  let until = now + poolLookMs
  const pick = pool.offer((id) => {
    const key = fleet.keys.get(id)
    if (!key) return undefined
    const answer = askMember(deps, search, { key, tier })
    if (typeof answer !== 'number') return answer
    until = Math.min(until, answer)
    return undefined
  })
  if (!pick && until > now) pool.rest(table, { tokens, until })
  return pick
}

/** The member, or when it may serve a request as large as this one: at once, where only this very request is not for it. */
function askMember(
  { lanes }: Deps,
  search: Search,
  { key, tier }: { readonly key: Key; readonly tier: readonly Tier[] },
): Pick | number {
  const { table, now } = search
  const opensAt = lanes.opensAt(table, key.seat)
  if (opensAt > now) return opensAt
  if (!tier.includes(key.seat.line) || !fits(key, search)) return now
  const entry = lanes.entryFor(table, key.seat)
  return hasRoom(entry, search) ? { entry, key, choice: 'pool' } : entry.wakeAt
}

/** Turns are the lanes' and not the keys': a project with many keys in the pool would be spent before the others. */
function pickMemberInTurn(
  pool: Pool,
  search: Search,
  queues: readonly TierQueue[],
): Pick | undefined {
  const entry = firstWithRoom(queues, search.wanted.estimatedInputTokens)
  if (!entry || !hasRoom(entry, search)) return undefined
  const key = nextKey(entry, search)
  return key && pool.offers(key.id) ? { entry, key, choice: 'pool' } : undefined
}

function pickLeastRecent(deps: Deps, search: Search, queues: TierQueue[]): Pick | undefined {
  const asides: Candidate[] = []
  let pick: Pick | undefined
  do {
    const seat = nextFresh(search.table, queues)
    pick = (seat && pickFresh(deps, search, { seat, queues })) ?? pickReady(search, queues, asides)
    if (!pick && !seat && !wakesAny(deps, search)) break
  } while (!pick)
  for (const entry of asides) place(entry, search.now)
  if (!pick || !deps.pool.offers(pick.key.id)) return pick
  return { entry: pick.entry, key: pick.key, choice: 'pool' }
}

type Fresh = { readonly seat: KeyGroup; readonly queues: readonly TierQueue[] }

/** Never used comes before least recently used. A new lane is queued only after its turn, where its next one is. */
function pickFresh({ lanes }: Deps, search: Search, { seat, queues }: Fresh): Pick | undefined {
  const { table, wanted } = search
  const tokens = wanted.estimatedInputTokens
  const entry = lanes.freshEntry(table, seat)
  if (!entry) return undefined
  const isFirst = firstWithRoom(queues, tokens)?.isNew !== true
  const fitting = isFirst && entry.standing === 'ready' && entry.room >= tokens
  const key = fitting ? nextKey(entry, search) : undefined
  if (key) return { entry, key, choice: 'least-recently-used' }
  lanes.placeLane(entry.lane)
  return undefined
}

function wakesAny({ lanes }: Deps, { table, now }: Search): boolean {
  const woken = wakeEntries(table, now)
  return lanes.wakeSleepers(table, now) || woken
}

function nextFresh(table: LaneTable, queues: readonly TierQueue[]): KeyGroup | undefined {
  for (const queue of queues) {
    const seat = nextFreshSeat(table, queue)
    if (seat) return seat
  }
  return undefined
}

/** Entries that are ready but not for this request are set aside: at most as many as it has tried. */
function pickReady(search: Search, queues: TierQueue[], asides: Candidate[]): Pick | undefined {
  const { wanted, now } = search
  const tokens = wanted.estimatedInputTokens
  for (let entry = firstWithRoom(queues, tokens); entry; entry = firstWithRoom(queues, tokens)) {
    place(entry, now)
    if (entry.standing !== 'ready' || entry.room < tokens) continue
    const key = nextKey(entry, search)
    if (key) return { entry, key, choice: 'least-recently-used' }
    leaveReady(entry)
    asides.push(entry)
  }
  for (const queue of queues) {
    for (const entry of perhapsWithRoom(queue, tokens)) {
      if (!hasRoom(entry, search)) continue
      const key = nextKey(entry, search)
      if (key) return { entry, key, choice: 'least-recently-used' }
    }
  }
  return undefined
}

function hasRoom(entry: Candidate, { wanted, now }: Search): boolean {
  place(entry, now)
  return entry.standing === 'ready' && entry.room >= wanted.estimatedInputTokens
}

/** Keys of a seat take turns. */
function nextKey({ seat }: Candidate, search: Search): Key | undefined {
  const { usable } = seat
  for (let step = 0; step < usable.length; step += 1) {
    const index = (seat.next + step) % usable.length
    const key = usable[index]
    if (key && fits(key, search)) return key
  }
  return undefined
}

function fits(key: Key, { wanted, now }: Search): boolean {
  if (wanted.tried?.has(key.id) || wanted.triedProjects?.has(key.seat.project.id)) return false
  if (wanted.bearerOnly && key.secret.isAuthKey) return false
  if (wanted.paidOnly && key.seat.project.paid !== true) return false
  if (wanted.model !== '' && key.allowedModels && !key.allowedModels.has(wanted.model)) return false
  return key.rest === undefined || gateOpensAt(key.rest.gate, now) <= now
}
