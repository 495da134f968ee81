import type { Conversations } from './affinity.ts'
import type {
  Candidate,
  Key,
  KeyGroup,
  Lane,
  LaneTable,
  Tier,
  TierQueue,
} from '../inventory/entities.ts'
import type { Inventory } from '../inventory/inventory.ts'
import { cooldownEndsAt } from '../inventory/cooldown.ts'
import {
  enqueue,
  firstWithTokens,
  leaveReady,
  maybeWithTokens,
  nextFreshGroup,
  queueOf,
  requeueLane,
  wakeCandidates,
} from '../lanes/queues.ts'
import { advanceCursor, isCautious, mayGoBeyond } from '../lanes/beyond.ts'
import { candidateOf } from '../lanes/lane-table.ts'
import type { Lanes } from '../lanes/lanes.ts'
import type { Pool } from '../pool/pool.ts'
import type { KeyRequest, Choice, KeyId } from '../types.ts'

export type Pick = {
  readonly candidate: Candidate
  readonly key: Key
  readonly choice: Choice
  /** The lane is closed only by what is supposed. */
  readonly beyond?: boolean
}

type Deps = {
  readonly inventory: Inventory
  readonly lanes: Lanes
  readonly conversations: Conversations
  readonly pool: Pool
}

type Search = { readonly table: LaneTable; readonly wanted: KeyRequest; readonly now: number }

/** The caller reserves what is picked, or requeues its lane. */
export type Selection = { pick(search: Search): Pick | undefined }

/** Owner, then conversation, then priority tiers from the top: in each the pool, then the least recently used. */
export function createSelection(deps: Deps): Selection {
  return {
    pick(search) {
      const { wanted, table, now } = search
      if (wanted.bearerOnly && !deps.inventory.hasBearerKey) return undefined
      wakeCandidates(table, now)
      deps.lanes.wakeArchived(table, now)
      if (wanted.owner !== undefined) return pickOwner(deps, search)
      return pickConversation(deps, search) ?? pickTiers(deps, search) ?? pickBeyond(search)
    },
  }
}

function pickOwner({ inventory, lanes }: Deps, search: Search): Pick | undefined {
  const project = inventory.ownerOf(search.wanted.owner)
  const groups = [...(project?.groups ?? [])].toSorted((a, b) => b.tier.priority - a.tier.priority)
  for (const group of groups) {
    const candidate = lanes.candidateFor(search.table, group)
    const key = canTake(candidate, search) ? nextKey(candidate, search) : undefined
    if (key) return { candidate, key, choice: 'owner' }
  }
  return undefined
}

function pickConversation(deps: Deps, search: Search): Pick | undefined {
  const { conversation } = search.wanted
  if (conversation === undefined) return undefined
  const id = deps.conversations.keyOf(conversation, search.now)
  const pick = id === undefined ? undefined : pickKey(deps, search, id)
  return pick && { candidate: pick.candidate, key: pick.key, choice: 'conversation' }
}

/** One certain key, when it and its lane can take the call now. */
function pickKey(
  { inventory, lanes }: Deps,
  search: Search,
  id: KeyId,
): Omit<Pick, 'choice'> | undefined {
  const key = inventory.keys.get(id)
  if (!key || key.disabled || key.deadMark || !fits(key, search)) return undefined
  const candidate = lanes.candidateFor(search.table, key.group)
  return canTake(candidate, search) ? { candidate, key } : undefined
}

function pickTiers(deps: Deps, search: Search): Pick | undefined {
  const { tiers } = deps.inventory
  for (let index = 0; index < tiers.length;) {
    const level = levelAt(tiers, index)
    index += level.length
    for (const tiers of inTurn(search, level)) {
      const queues = queuesOf(search, tiers)
      if (queues.length === 0) continue
      const pooled = pickPool(deps, search, { level: tiers, queues })
      const pick = pooled ?? pickLeastRecent(deps, search, queues)
      if (pick) return pick
    }
  }
  return undefined
}

const lanesLookedAt = 16

/** Nothing is ready: a lane that is closed only by what is supposed is tried, one call at a time. */
function pickBeyond(search: Search): Pick | undefined {
  const { table, now } = search
  const { lanes } = table
  if (lanes.length === 0 || !mayGoBeyond(table, now)) return undefined
  const looks = Math.min(lanes.length, lanesLookedAt)
  for (let look = 0; look < looks; look += 1) {
    const lane = lanes[(table.beyond.cursor + look) % lanes.length]
    const pick = lane && pickCautious(lane, search)
    if (pick) return pick
  }
  if (lanes.length > looks) advanceCursor(table, looks)
  return undefined
}

function pickCautious(lane: Lane, search: Search): Pick | undefined {
  const { wanted, now } = search
  if (lane.inFlight > 0 || lane.cooldown || !isCautious(lane)) return undefined
  if (lane.ledger.opensAt(now, wanted.estimatedInputTokens, lane.knownLimits) > now)
    return undefined
  for (const candidate of lane.candidates) {
    const isClosed = candidate.status === 'exhausted' || candidate.status === 'ready'
    const key = isClosed ? nextKey(candidate, search) : undefined
    if (key) return { candidate, key, choice: 'least-recently-used', beyond: true }
  }
  return undefined
}

const freeZerosToBelieve = 3

/** Where free projects have no quota for the model, paid ones come first, so that a request does not walk through all free ones. */
function inTurn({ table }: Search, level: readonly Tier[]): readonly (readonly Tier[])[] {
  if (table.freeZeros < freeZerosToBelieve) return [level]
  const paid = level.filter((tier) => tier.paid)
  return paid.length === 0 ? [level] : [paid, level]
}

/** Tiers of one priority stand side by side. */
function levelAt(tiers: readonly Tier[], index: number): readonly Tier[] {
  const first = tiers[index]
  const second = tiers[index + 1]
  if (!first) return []
  return second && second.priority === first.priority ? [first, second] : [first]
}

function queuesOf({ table, wanted }: Search, level: readonly Tier[]): TierQueue[] {
  const queues: TierQueue[] = []
  for (const tier of level) if (tier.paid || !wanted.paidOnly) queues.push(queueOf(table, tier))
  return queues
}

type PriorityLevel = { readonly level: readonly Tier[]; readonly queues: readonly TierQueue[] }

/** Members may open without a known time: the pool is walked again this soon. */
const poolRetryMs = 1000

/** A pool with a place for every key would prefer none of them. */
function pickPool(deps: Deps, search: Search, { level, queues }: PriorityLevel): Pick | undefined {
  const { pool, inventory } = deps
  const { table, now } = search
  const tokens = search.wanted.estimatedInputTokens
  if (pool.size === 0 || pool.capacity >= inventory.keys.size) return undefined
  if (pool.skippedUntil(table, tokens) > now) return undefined
  const inTurn = pickNewMember(deps, search, level) ?? pickMemberInTurn(pool, search, queues)
  if (inTurn) return inTurn
  let until = now + poolRetryMs
  const pick = pool.offer((id) => {
    const key = inventory.keys.get(id)
    if (!key) return undefined
    const answer = askMember(deps, search, { key, level })
    if (typeof answer !== 'number') return answer
    until = Math.min(until, answer)
    return undefined
  })
  if (!pick && until > now) pool.skip(table, { tokens, until })
  return pick
}

/** Members that have not served the model yet come first, so that one of them does not keep all of its requests. */
function pickNewMember(deps: Deps, search: Search, level: readonly Tier[]): Pick | undefined {
  const { pool, inventory } = deps
  const { table, now } = search
  if (!pool.mayHaveNew(table)) return undefined
  let hasNew = false
  const pick = pool.offer((id) => {
    const key = inventory.keys.get(id)
    if (!key || candidateOf(table, key.group)) return undefined
    hasNew = true
    const answer = askMember(deps, search, { key, level })
    return typeof answer === 'number' ? undefined : answer
  })
  if (!pick) pool.skipNew(table, hasNew ? now + poolRetryMs : Infinity)
  return pick
}

/** The member, or when it may serve a request as large as this: `now` where only this request does not fit it. */
function askMember(
  { lanes }: Deps,
  search: Search,
  { key, level }: { readonly key: Key; readonly level: readonly Tier[] },
): Pick | number {
  const { table, now } = search
  const opensAt = lanes.opensAt(table, key.group)
  if (opensAt > now) return opensAt
  if (!level.includes(key.group.tier) || !fits(key, search)) return now
  const candidate = lanes.candidateFor(table, key.group)
  return canTake(candidate, search) ? { candidate, key, choice: 'pool' } : candidate.wakeAt
}

/** Lanes take turns and not keys: else a project with many keys in the pool would be exhausted first. */
function pickMemberInTurn(
  pool: Pool,
  search: Search,
  queues: readonly TierQueue[],
): Pick | undefined {
  const candidate = firstWithTokens(queues, search.wanted.estimatedInputTokens)
  if (!candidate || !canTake(candidate, search)) return undefined
  const key = nextKey(candidate, search)
  return key && pool.offers(key.id) ? { candidate, key, choice: 'pool' } : undefined
}

function pickLeastRecent(deps: Deps, search: Search, queues: TierQueue[]): Pick | undefined {
  const skipped: Candidate[] = []
  let pick: Pick | undefined
  do {
    const group = nextFresh(search.table, queues)
    pick =
      (group && pickFresh(deps, search, { group, queues })) ?? pickReady(search, queues, skipped)
    if (!pick && !group && !wakesAny(deps, search)) break
  } while (!pick)
  for (const candidate of skipped) enqueue(candidate, search.now)
  if (!pick || !deps.pool.offers(pick.key.id)) return pick
  return { candidate: pick.candidate, key: pick.key, choice: 'pool' }
}

type Fresh = { readonly group: KeyGroup; readonly queues: readonly TierQueue[] }

/** Never used comes before least recently used. A new lane is queued only after its first turn. */
function pickFresh({ lanes }: Deps, search: Search, { group, queues }: Fresh): Pick | undefined {
  const { table, wanted } = search
  const tokens = wanted.estimatedInputTokens
  const candidate = lanes.newCandidate(table, group)
  if (!candidate) return undefined
  const isFirst = firstWithTokens(queues, tokens)?.isNew !== true
  const fitting = isFirst && candidate.status === 'ready' && candidate.tokensLeft >= tokens
  const key = fitting ? nextKey(candidate, search) : undefined
  if (key) return { candidate, key, choice: 'least-recently-used' }
  requeueLane(candidate.lane, search.now)
  return undefined
}

function wakesAny({ lanes }: Deps, { table, now }: Search): boolean {
  const woken = wakeCandidates(table, now)
  return lanes.wakeArchived(table, now) || woken
}

function nextFresh(table: LaneTable, queues: readonly TierQueue[]): KeyGroup | undefined {
  for (const queue of queues) {
    const group = nextFreshGroup(table, queue)
    if (group) return group
  }
  return undefined
}

/** Ready candidates that do not fit this request are skipped: at most as many as it has tried. */
function pickReady(search: Search, queues: TierQueue[], skipped: Candidate[]): Pick | undefined {
  const { wanted, now } = search
  const tokens = wanted.estimatedInputTokens
  for (
    let candidate = firstWithTokens(queues, tokens);
    candidate;
    candidate = firstWithTokens(queues, tokens)
  ) {
    enqueue(candidate, now)
    if (candidate.status !== 'ready' || candidate.tokensLeft < tokens) continue
    const key = nextKey(candidate, search)
    if (key) return { candidate, key, choice: 'least-recently-used' }
    leaveReady(candidate)
    skipped.push(candidate)
  }
  for (const queue of queues) {
    for (const candidate of maybeWithTokens(queue, tokens)) {
      if (!canTake(candidate, search)) continue
      const key = nextKey(candidate, search)
      if (key) return { candidate, key, choice: 'least-recently-used' }
    }
  }
  return undefined
}

function canTake(candidate: Candidate, { wanted, now }: Search): boolean {
  enqueue(candidate, now)
  return candidate.status === 'ready' && candidate.tokensLeft >= wanted.estimatedInputTokens
}

/** Keys of a group take turns. */
function nextKey({ group }: Candidate, search: Search): Key | undefined {
  const { usable } = group
  for (let step = 0; step < usable.length; step += 1) {
    const index = (group.next + step) % usable.length
    const key = usable[index]
    if (key && fits(key, search)) return key
  }
  return undefined
}

function fits(key: Key, { wanted, now }: Search): boolean {
  if (wanted.tried?.has(key.id) || wanted.triedProjects?.has(key.group.project.id)) return false
  if (wanted.bearerOnly && key.secret.isAuthKey) return false
  if (wanted.paidOnly && key.group.project.paid !== true) return false
  if (wanted.model !== '' && key.allowedModels && !key.allowedModels.has(wanted.model)) return false
  return key.cooldown === undefined || cooldownEndsAt(key.cooldown, now) <= now
}
