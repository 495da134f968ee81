import type {
  Candidate,
  Key,
  Lane,
  LaneTable,
  Tier,
  TierQueue,
  KeyGroup,
} from '../inventory/entities.ts'
import { gateOpensAt, isTrying, type Cooldown } from '../inventory/cooldown.ts'
import { IndexedHeap } from '../../runtime/indexed-heap.ts'
import { turnLength } from './stride.ts'
import type { LaneStatus } from '../lane-status.ts'

/** Rooms go by powers of two; the last one is for lanes whose token limit nobody knows. */
const unlimitedRoom = 31
const roomCount = unlimitedRoom + 1
const wakesPerCall = 256

export function createLaneTable(name: string, model: string): LaneTable {
  return {
    name,
    model,
    queues: new Map(),
    wakes: new IndexedHeap<Candidate>({
      rankOf: (entry) => entry.wakeAt,
      indexOf: (entry) => entry.wakeIndex,
      setIndex: (entry, index) => (entry.wakeIndex = index),
    }),
    laneStatuses: noStandings(),
    lanes: [],
    freeZeros: 0,
    virtualTime: 0,
    order: 0,
    inFlight: 0,
  }
}

export function noStandings(): Record<LaneStatus, number> {
  return {
    ready: 0,
    spent: 0,
    cooling: 0,
    unavailable: 0,
    suspended: 0,
    resting: 0,
    trial: 0,
    'not-allowed': 0,
    keyless: 0,
  }
}

function readyHeap(): IndexedHeap<Candidate> {
  return new IndexedHeap<Candidate>({
    rankOf: (entry) => entry.pass,
    tieOf: (entry) => entry.order,
    indexOf: (entry) => entry.readyIndex,
    setIndex: (entry, index) => (entry.readyIndex = index),
  })
}

export function queueOf(table: LaneTable, line: Tier): TierQueue {
  const known = table.queues.get(line)
  if (known) return known
  const queue: TierQueue = {
    line,
    generation: line.generation,
    cursor: 0,
    returned: [],
    returnedHead: 0,
    rooms: Array.from({ length: roomCount }, readyHeap),
    misfits: Array.from({ length: roomCount }, () => Infinity),
  }
  table.queues.set(line, queue)
  return queue
}

export function roomClass(tokens: number): number {
  if (tokens === Infinity) return unlimitedRoom
  return 31 - Math.clz32(Math.min(Math.max(1, Math.floor(tokens)), 2 ** 31 - 1))
}

/** A new entry goes before everything that has been used. */
export function addEntry(lane: Lane, seat: KeyGroup): Candidate {
  const entry: Candidate = {
    seat,
    lane,
    pass: lane.table.virtualTime - 1,
    order: nextOrder(lane.table),
    isNew: true,
    standing: undefined,
    room: 0,
    wakeAt: Infinity,
    heap: undefined,
    readyIndex: -1,
    wakeIndex: -1,
    dropped: false,
  }
  // An array that starts by `push` reserves 17 places.
  if (lane.entries.length === 0) lane.entries = [entry]
  else lane.entries.push(entry)
  return entry
}

/** Moves an entry behind its equals. Its keys take turns too. */
export function passTurn(entry: Candidate, key: Key): void {
  const { seat } = entry
  if (seat.usable.length > 1) seat.next = seat.usable.indexOf(key) + 1
  const { table } = entry.lane
  table.virtualTime = Math.max(table.virtualTime, entry.pass)
  entry.pass = table.virtualTime + turnLength(entry)
  entry.order = nextOrder(table)
  entry.isNew = false
}

function nextOrder(table: LaneTable): number {
  table.order += 1
  return table.order
}

/** Takes an entry out of every queue. */
export function dropEntry(entry: Candidate): void {
  leaveReady(entry)
  const { lane } = entry
  if (entry.wakeIndex >= 0) lane.table.wakes.remove(entry)
  if (entry.standing) lane.table.laneStatuses[entry.standing] -= 1
  entry.standing = undefined
  entry.dropped = true
  takeOut(lane.entries, entry)
}

/** Looks at an entry afresh and queues it by what it finds: ready, or waking at a time, or neither. */
export function place(entry: Candidate, now: number): void {
  if (entry.seat.gone || entry.dropped) return
  look(entry, now)
  enqueue(entry)
}

/** Looks at an entry afresh, and leaves it in the queues as it is: it is about to be used, and placed then. */
export function look(entry: Candidate, now: number): void {
  const { laneStatuses } = entry.lane.table
  const before = entry.standing
  assess(entry, now)
  if (before === entry.standing) return
  if (before) laneStatuses[before] -= 1
  if (entry.standing) laneStatuses[entry.standing] += 1
}

function enqueue(entry: Candidate): void {
  const { wakes } = entry.lane.table
  if (entry.standing === 'ready') joinReady(entry)
  else leaveReady(entry)
  if (entry.wakeIndex >= 0) {
    if (entry.wakeAt === Infinity) wakes.remove(entry)
    else wakes.update(entry)
  } else if (entry.wakeAt !== Infinity) {
    wakes.push(entry)
  }
}

export function placeLane(lane: Lane, now: number): void {
  for (const entry of lane.entries) place(entry, now)
}

/** Takes an entry out of the ready ones, until it is placed again. */
export function leaveReady(entry: Candidate): void {
  entry.heap?.remove(entry)
  entry.heap = undefined
}

function joinReady(entry: Candidate): void {
  const queue = queueOf(entry.lane.table, entry.seat.line)
  const room = roomClass(entry.room)
  if (entry.room >= (queue.misfits[room] ?? Infinity)) queue.misfits[room] = Infinity
  const heap = queue.rooms[room]
  // Most often nothing but its turn has changed, if that: moving it is cheaper than leaving and joining.
  if (entry.heap === heap) heap?.update(entry)
  else {
    leaveReady(entry)
    entry.heap = heap
    heap?.push(entry)
  }
}

/** Wakes entries whose time has come, a bounded number at once: midnight wakes a whole fleet. Says whether any woke. */
export function wakeEntries(table: LaneTable, now: number): boolean {
  let woken = 0
  for (let entry = table.wakes.peek(); entry && entry.wakeAt <= now; entry = table.wakes.peek()) {
    if (woken === wakesPerCall) break
    place(entry, now)
    woken += 1
  }
  return woken > 0
}

function assess(entry: Candidate, now: number): void {
  const { lane, seat } = entry
  entry.room = 0
  if (seat.usable.length === 0) return stand(entry, 'keyless', Infinity)
  if (!hasAllowedKey(seat, lane.table.model)) return stand(entry, 'not-allowed', Infinity)
  const { suspension } = lane.project
  if (suspension && shut(entry, suspension.gate, now)) {
    return stand(entry, isTrying(suspension.gate, now) ? 'trial' : 'suspended', entry.wakeAt)
  }
  const { block } = lane
  if (block && shut(entry, block.gate, now)) {
    if (isTrying(block.gate, now)) return stand(entry, 'trial', entry.wakeAt)
    const cooling = block.kind === 'quota' || block.kind === 'quota-unknown'
    return stand(entry, cooling ? 'cooling' : 'unavailable', entry.wakeAt)
  }
  const keyAt = keyOpensAt(seat, lane.table.model, now)
  if (keyAt > now) return stand(entry, 'resting', keyAt)
  const roomAt = lane.ledger.opensAt(now, 1)
  if (roomAt > now) return stand(entry, 'spent', roomAt)
  entry.room = lane.ledger.tokenRoom(now)
  return stand(entry, 'ready', lane.ledger.tokenRoomGrowsAt())
}

function stand(entry: Candidate, standing: LaneStatus, wakeAt: number): void {
  entry.standing = standing
  entry.wakeAt = wakeAt
}

function shut(entry: Candidate, gate: Cooldown, now: number): boolean {
  entry.wakeAt = gateOpensAt(gate, now)
  return entry.wakeAt > now
}

function hasAllowedKey(seat: KeyGroup, model: string): boolean {
  if (!seat.restricted || model === '') return true
  return seat.usable.some((key) => key.allowedModels?.has(model) ?? true)
}

function keyOpensAt(seat: KeyGroup, model: string, now: number): number {
  let soonest = Infinity
  for (const key of seat.usable) {
    if (model !== '' && key.allowedModels && !key.allowedModels.has(model)) continue
    if (key.rest === undefined) return now
    soonest = Math.min(soonest, gateOpensAt(key.rest.gate, now))
    if (soonest <= now) return now
  }
  return soonest
}

/** The ready entry with the least pass among those sure to have room for so many tokens. */
export function firstWithRoom(queues: readonly TierQueue[], tokens: number): Candidate | undefined {
  const least = tokens <= 1 ? 0 : roomClass(tokens) + 1
  let first: Candidate | undefined
  for (const queue of queues) {
    for (let room = least; room <= unlimitedRoom; room += 1) {
      const entry = queue.rooms[room]?.peek()
      if (entry && (!first || entry.pass < first.pass)) first = entry
    }
  }
  return first
}

/** Ready entries that may or may not have room for so many tokens, in the order of their turns; empty when none is known to. */
export function perhapsWithRoom(queue: TierQueue, tokens: number): readonly Candidate[] {
  const room = roomClass(tokens)
  if (tokens <= 1 || tokens >= (queue.misfits[room] ?? Infinity)) return []
  const fitting = queue.rooms[room]?.values().filter((entry) => entry.room >= tokens) ?? []
  // Nothing in this room fits: remembered until an entry with more room joins it.
  if (fitting.length === 0) queue.misfits[room] = tokens
  return fitting.toSorted((a, b) => a.pass - b.pass)
}

/** The next seat that has no entry in the table yet. */
export function nextFreshSeat(table: LaneTable, queue: TierQueue): KeyGroup | undefined {
  if (queue.generation !== queue.line.generation) {
    queue.generation = queue.line.generation
    queue.cursor = 0
  }
  while (queue.cursor < queue.line.seats.length) {
    const seat = queue.line.seats[queue.cursor]
    queue.cursor += 1
    if (seat && isFresh(table, seat)) return seat
  }
  return nextReturned(table, queue)
}

function nextReturned(table: LaneTable, queue: TierQueue): KeyGroup | undefined {
  while (queue.returnedHead < queue.returned.length) {
    const seat = queue.returned[queue.returnedHead]
    queue.returnedHead += 1
    if (queue.returnedHead > 1024 && queue.returnedHead * 2 > queue.returned.length) {
      queue.returned.splice(0, queue.returnedHead)
      queue.returnedHead = 0
    }
    if (seat && isFresh(table, seat)) return seat
  }
  return undefined
}

function isFresh(table: LaneTable, seat: KeyGroup): boolean {
  return !seat.gone && entryOf(table, seat) === undefined
}

export function laneOf(table: LaneTable, seat: KeyGroup): Lane | undefined {
  return seat.project.lanes.find((lane) => lane.table === table)
}

export function entryOf(table: LaneTable, seat: KeyGroup): Candidate | undefined {
  return laneOf(table, seat)?.entries.find((entry) => entry.seat === seat)
}

/** Whether forgetting a lane loses nothing that would change a choice. */
export function isTrivial(lane: Lane): boolean {
  return (
    lane.inFlight === 0 &&
    lane.block === undefined &&
    lane.learned === undefined &&
    lane.project.limits === undefined &&
    lane.unexplained === 0 &&
    lane.notFound === 0
  )
}

/** Whether nobody uses a lane now, and nobody waits for its trial. */
function isIdle({ lane, standing }: Candidate): boolean {
  return lane.inFlight === 0 && lane.entries.length === 1 && standing !== 'trial'
}

const tailLookedAt = 8

/** An entry that may sleep: one that wakes late before one that is ready, and of these the one used longest ago. */
export function sleepiest(table: LaneTable, queue: TierQueue): Candidate | undefined {
  const late = table.wakes.values().slice(-tailLookedAt)
  return late.findLast((entry) => entry.standing !== 'ready' && isIdle(entry)) ?? oldestReady(queue)
}

function oldestReady(queue: TierQueue): Candidate | undefined {
  let oldest: Candidate | undefined
  for (const heap of queue.rooms) {
    const entry = heap.peek()
    if (entry && isIdle(entry) && (!oldest || entry.pass < oldest.pass)) oldest = entry
  }
  return oldest
}

export function dropLane(lane: Lane): void {
  for (let entry = lane.entries.at(-1); entry; entry = lane.entries.at(-1)) dropEntry(entry)
  leaveTable(lane)
  takeOut(lane.project.lanes, lane)
}

/** By `splice`, which gives memory back where `pop` keeps it. */
function takeOut<T>(list: T[], item: T): void {
  const index = list.indexOf(item)
  if (index >= 0) list.splice(index, 1)
}

/** The last one takes its place. */
function leaveTable({ table, place }: Lane): void {
  const last = table.lanes.pop()
  if (!last || last.place === place) return
  last.place = place
  table.lanes[place] = last
}
