import { cooldownEndsAt, isTrialOut, type Cooldown } from '../inventory/cooldown.ts'
import type {
  Candidate,
  Key,
  KeyGroup,
  Lane,
  LaneTable,
  Tier,
  TierQueue,
  Writable,
} from '../inventory/entities.ts'
import { advanceKey } from '../inventory/key-group.ts'
import { IndexedHeap } from '../../runtime/indexed-heap.ts'
import { candidateOf } from './lane-table.ts'
import { joinLane } from './lane.ts'
import { strideOf } from './stride.ts'
import type { LaneStatus } from '../lane-status.ts'

// Stride scheduling: each candidate has a pass, the least pass is next, and a turn adds the candidate's stride.

type Fields = Writable<Candidate>

/** Size classes are powers of two; the last is for lanes whose token limit is unknown. */
const unlimitedClass = 31
const classCount = unlimitedClass + 1
const wakesPerCall = 256

function readyHeap(): IndexedHeap<Candidate> {
  return new IndexedHeap<Fields>({
    rankOf: (candidate) => candidate.pass,
    tieOf: (candidate) => candidate.order,
    indexOf: (candidate) => candidate.readyIndex,
    setIndex: (candidate, index) => (candidate.readyIndex = index),
  })
}

export function queueOf(table: LaneTable, tier: Tier): TierQueue {
  const known = table.queues.get(tier)
  if (known) return known
  const queue: TierQueue = {
    tier,
    generation: tier.generation,
    cursor: 0,
    returned: [],
    returnedHead: 0,
    bySize: Array.from({ length: classCount }, readyHeap),
    tooSmall: Array.from({ length: classCount }, () => Infinity),
  }
  table.queues.set(tier, queue)
  return queue
}

export function sizeClass(tokens: number): number {
  if (tokens === Infinity) return unlimitedClass
  return 31 - Math.clz32(Math.min(Math.max(1, Math.floor(tokens)), 2 ** 31 - 1))
}

/** A new candidate goes before everything that has been used. */
export function addCandidate(lane: Lane, group: KeyGroup): Candidate {
  const candidate: Candidate = {
    group,
    lane,
    pass: lane.table.virtualTime - 1,
    order: nextOrder(lane.table),
    isNew: true,
    status: undefined,
    tokensLeft: 0,
    wakeAt: Infinity,
    heap: undefined,
    readyIndex: -1,
    wakeIndex: -1,
    dropped: false,
  }
  joinLane(lane, candidate)
  return candidate
}

export function enterQueues(lane: Lane, group: KeyGroup, now: number): Candidate {
  const candidate = addCandidate(lane, group)
  enqueue(candidate, now)
  return candidate
}

/** Moves a candidate back by its stride. Its keys take turns too. */
export function advanceTurn(candidate: Fields, key: Key): void {
  advanceKey(candidate.group, key)
  const table: Writable<LaneTable> = candidate.lane.table
  table.virtualTime = Math.max(table.virtualTime, candidate.pass)
  candidate.pass = table.virtualTime + strideOf(candidate)
  candidate.order = nextOrder(table)
  candidate.isNew = false
}

function nextOrder(table: Writable<LaneTable>): number {
  table.order += 1
  return table.order
}

/** Takes a candidate out of every queue. */
export function dropCandidate(candidate: Fields): void {
  leaveReady(candidate)
  const { lane } = candidate
  if (candidate.wakeIndex >= 0) lane.table.wakes.remove(candidate)
  if (candidate.status) lane.table.statusCounts[candidate.status] -= 1
  candidate.status = undefined
  candidate.dropped = true
  // By `splice`, which gives memory back where `pop` keeps it.
  const index = lane.candidates.indexOf(candidate)
  if (index >= 0) lane.candidates.splice(index, 1)
}

/** Refreshes a candidate's status and queues it by that: ready, or waking at a time, or neither. */
export function enqueue(candidate: Candidate, now: number): void {
  if (candidate.group.gone || candidate.dropped) return
  refreshStatus(candidate, now)
  moveInQueues(candidate)
}

/** Leaves the queues as they are: for a candidate that is about to be used, and queued after that. */
export function refreshStatus(candidate: Fields, now: number): void {
  const { statusCounts } = candidate.lane.table
  const before = candidate.status
  evaluateStatus(candidate, now)
  if (before === candidate.status) return
  if (before) statusCounts[before] -= 1
  if (candidate.status) statusCounts[candidate.status] += 1
}

function moveInQueues(candidate: Candidate): void {
  const { wakes } = candidate.lane.table
  if (candidate.status === 'ready') joinReady(candidate)
  else leaveReady(candidate)
  if (candidate.wakeIndex >= 0) {
    if (candidate.wakeAt === Infinity) wakes.remove(candidate)
    else wakes.update(candidate)
  } else if (candidate.wakeAt !== Infinity) {
    wakes.push(candidate)
  }
}

export function requeueLane(lane: Lane, now: number): void {
  for (const candidate of lane.candidates) enqueue(candidate, now)
}

/** Takes a candidate out of the ready ones until it is queued again. */
export function leaveReady(candidate: Fields): void {
  candidate.heap?.remove(candidate)
  candidate.heap = undefined
}

function joinReady(candidate: Fields): void {
  const queue = queueOf(candidate.lane.table, candidate.group.tier)
  const size = sizeClass(candidate.tokensLeft)
  if (candidate.tokensLeft >= (queue.tooSmall[size] ?? Infinity)) queue.tooSmall[size] = Infinity
  const heap = queue.bySize[size]
  // Nearly always only its turn has changed: moving it is cheaper than leaving and joining.
  if (candidate.heap === heap) heap?.update(candidate)
  else {
    leaveReady(candidate)
    candidate.heap = heap
    heap?.push(candidate)
  }
}

/** Queues again those whose time has come, a bounded number at once: midnight wakes all of them. Returns whether there were any. */
export function wakeCandidates(table: LaneTable, now: number): boolean {
  let woken = 0
  for (
    let candidate = table.wakes.peek();
    candidate && candidate.wakeAt <= now;
    candidate = table.wakes.peek()
  ) {
    if (woken === wakesPerCall) break
    enqueue(candidate, now)
    woken += 1
  }
  return woken > 0
}

function evaluateStatus(candidate: Fields, now: number): void {
  const { lane, group } = candidate
  candidate.tokensLeft = 0
  if (group.usable.length === 0) return setStatus(candidate, 'no-key', Infinity)
  if (!hasAllowedKey(group, lane.table.model)) return setStatus(candidate, 'not-allowed', Infinity)
  const { suspension } = lane.project
  if (suspension && isClosed(candidate, suspension, now)) {
    return setStatus(
      candidate,
      isTrialOut(suspension, now) ? 'trial' : 'suspended',
      candidate.wakeAt,
    )
  }
  const { cooldown } = lane
  if (cooldown && isClosed(candidate, cooldown, now)) {
    if (isTrialOut(cooldown, now)) return setStatus(candidate, 'trial', candidate.wakeAt)
    const cooling = cooldown.kind === 'quota' || cooldown.kind === 'quota-unknown'
    return setStatus(candidate, cooling ? 'cooling' : 'unavailable', candidate.wakeAt)
  }
  const keyAt = keyOpensAt(group, lane.table.model, now)
  if (keyAt > now) return setStatus(candidate, 'key-cooling', keyAt)
  const opensAt = lane.ledger.opensAt(now, 1)
  if (opensAt > now) return setStatus(candidate, 'exhausted', opensAt)
  candidate.tokensLeft = lane.ledger.tokensLeft(now)
  return setStatus(candidate, 'ready', lane.ledger.moreTokensAt())
}

function setStatus(candidate: Fields, status: LaneStatus, wakeAt: number): void {
  candidate.status = status
  candidate.wakeAt = wakeAt
}

function isClosed(candidate: Fields, cooldown: Cooldown, now: number): boolean {
  candidate.wakeAt = cooldownEndsAt(cooldown, now)
  return candidate.wakeAt > now
}

function hasAllowedKey(group: KeyGroup, model: string): boolean {
  if (!group.restricted || model === '') return true
  return group.usable.some((key) => key.allowedModels?.has(model) ?? true)
}

function keyOpensAt(group: KeyGroup, model: string, now: number): number {
  let soonest = Infinity
  for (const key of group.usable) {
    if (model !== '' && key.allowedModels && !key.allowedModels.has(model)) continue
    if (key.cooldown === undefined) return now
    soonest = Math.min(soonest, cooldownEndsAt(key.cooldown, now))
    if (soonest <= now) return now
  }
  return soonest
}

/** The ready candidate with the least pass among those sure to have so many tokens left. */
export function firstWithTokens(
  queues: readonly TierQueue[],
  tokens: number,
): Candidate | undefined {
  const least = tokens <= 1 ? 0 : sizeClass(tokens) + 1
  let first: Candidate | undefined
  for (const queue of queues) {
    for (let size = least; size <= unlimitedClass; size += 1) {
      const candidate = queue.bySize[size]?.peek()
      if (candidate && (!first || candidate.pass < first.pass)) first = candidate
    }
  }
  return first
}

/** Ready candidates whose size class does not tell whether they have so many tokens left: those that do, by pass. */
export function maybeWithTokens(queue: TierQueue, tokens: number): readonly Candidate[] {
  const size = sizeClass(tokens)
  if (tokens <= 1 || tokens >= (queue.tooSmall[size] ?? Infinity)) return []
  const fitting =
    queue.bySize[size]?.values().filter((candidate) => candidate.tokensLeft >= tokens) ?? []
  // Remembered until a candidate with more tokens left joins the class.
  if (fitting.length === 0) queue.tooSmall[size] = tokens
  return fitting.toSorted((a, b) => a.pass - b.pass)
}

/** The next group that has no candidate in the table yet. */
export function nextFreshGroup(table: LaneTable, queue: Writable<TierQueue>): KeyGroup | undefined {
  if (queue.generation !== queue.tier.generation) {
    queue.generation = queue.tier.generation
    queue.cursor = 0
  }
  while (queue.cursor < queue.tier.groups.length) {
    const group = queue.tier.groups[queue.cursor]
    queue.cursor += 1
    if (group && isFresh(table, group)) return group
  }
  return nextReturned(table, queue)
}

/** The lane of the group is no longer in memory: the group takes its turn before those that are. */
export function returnGroup(table: LaneTable, group: KeyGroup): void {
  queueOf(table, group.tier).returned.push(group)
}

function nextReturned(table: LaneTable, queue: Writable<TierQueue>): KeyGroup | undefined {
  while (queue.returnedHead < queue.returned.length) {
    const group = queue.returned[queue.returnedHead]
    queue.returnedHead += 1
    if (queue.returnedHead > 1024 && queue.returnedHead * 2 > queue.returned.length) {
      queue.returned.splice(0, queue.returnedHead)
      queue.returnedHead = 0
    }
    if (group && isFresh(table, group)) return group
  }
  return undefined
}

function isFresh(table: LaneTable, group: KeyGroup): boolean {
  return !group.gone && candidateOf(table, group) === undefined
}

/** Whether nobody uses the lane now or waits for its trial. */
function isIdle({ lane, status }: Candidate): boolean {
  return lane.inFlight === 0 && lane.candidates.length === 1 && status !== 'trial'
}

const tailLength = 8

/** The candidate to archive: one that wakes late before one that is ready, and of these the one used longest ago. */
export function mostIdle(table: LaneTable, queue: TierQueue): Candidate | undefined {
  const late = table.wakes.values().slice(-tailLength)
  return (
    late.findLast((candidate) => candidate.status !== 'ready' && isIdle(candidate)) ??
    oldestReady(queue)
  )
}

function oldestReady(queue: TierQueue): Candidate | undefined {
  let oldest: Candidate | undefined
  for (const heap of queue.bySize) {
    const candidate = heap.peek()
    if (candidate && isIdle(candidate) && (!oldest || candidate.pass < oldest.pass))
      oldest = candidate
  }
  return oldest
}

/** Takes all candidates of a lane out of the queues. */
export function dropCandidates({ candidates }: Lane): void {
  for (let last = candidates.at(-1); last; last = candidates.at(-1)) dropCandidate(last)
}

/** Its key has just been used, before it was known to be this project's. */
export function delayLane({ table, candidates }: Lane): void {
  const fields: readonly Fields[] = candidates
  for (const candidate of fields) candidate.pass = Math.max(candidate.pass, table.virtualTime + 1)
}

/** An archived lane as it would be in memory, in no queue. */
export function showCandidate(
  lane: Lane,
  group: KeyGroup,
  { status, wakeAt }: Pick<Candidate, 'status' | 'wakeAt'>,
): void {
  const candidate: Fields = addCandidate(lane, group)
  candidate.status = status
  candidate.wakeAt = wakeAt
}
