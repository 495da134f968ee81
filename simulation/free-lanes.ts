import { IndexedHeap } from '../server/src/runtime/indexed-heap.ts'
import type { KeyId } from '../server/src/keys/types.ts'
import type { FleetKey } from './fleet.ts'
import type { GoogleModel, GoogleLane } from './google-model.ts'

export type Search = {
  readonly model: string
  readonly tokens: number
  readonly tried?: ReadonlySet<KeyId>
}

export type FoundLane =
  | { readonly found: true; readonly lane: GoogleLane; readonly key: FleetKey }
  | { readonly found: false; readonly opensAt: number }

type IndexedLane = {
  readonly lane: GoogleLane
  rank: number
  wakeAt: number
  readyIndex: number
  wakeIndex: number
}
type ModelLanes = {
  readonly dayEnd: number
  readonly all: readonly IndexedLane[]
  /** No lane accepts this many tokens until then. */
  full: { readonly tokens: number; readonly until: number } | undefined
} & Queues
type Queues = { ready: IndexedHeap<IndexedLane>; waiting: IndexedHeap<IndexedLane> }

/** The search ends after this many lanes without room. */
const maxSkipped = 256

/**
 * Finds a lane with room for a request, by Google's counters. It prefers the lane with the largest share of its day left, so that
 * as many lanes as possible stay open.
 */
export class FreeLanes {
  readonly #google: GoogleModel
  readonly #conservative: boolean
  readonly #models = new Map<string, ModelLanes>()

  constructor(google: GoogleModel, { conservative }: { conservative: boolean }) {
    this.#google = google
    this.#conservative = conservative
  }

  find(search: Search, now: number): FoundLane {
    const lanes = this.#lanesFor(search.model, now)
    const { full } = lanes
    if (full && now < full.until && search.tokens >= full.tokens) {
      return { found: false, opensAt: full.until }
    }
    this.#wake(lanes, now)
    const skipped: IndexedLane[] = []
    let opensAt = Infinity
    let found: FoundLane | undefined
    while (found === undefined && skipped.length < maxSkipped) {
      const indexed = this.#first(lanes, now)
      if (indexed === undefined) break
      const freeAt = this.#opensAt(indexed, now, search.tokens)
      const key = this.#google.usableKey(indexed.lane, now, search.tried)
      if (freeAt <= now && key) found = { found: true, lane: indexed.lane, key }
      else {
        if (key) opensAt = Math.min(opensAt, freeAt)
        lanes.ready.remove(indexed)
        skipped.push(indexed)
      }
    }
    for (const indexed of skipped) lanes.ready.push(indexed)
    if (found) return found
    const until = Math.min(opensAt, lanes.waiting.peek()?.wakeAt ?? Infinity)
    const sawAll = skipped.length < maxSkipped && !search.tried
    if (sawAll) lanes.full = { tokens: search.tokens, until }
    return { found: false, opensAt: until }
  }

  /** Re-evaluates lanes until the first one is up to date, because ranks in the heap may be stale. */
  #first(lanes: ModelLanes, now: number): IndexedLane | undefined {
    for (let indexed = lanes.ready.peek(); indexed; indexed = lanes.ready.peek()) {
      const rank = this.#google.dayUsedShare(indexed.lane, now)
      if (rank > indexed.rank) {
        indexed.rank = rank
        lanes.ready.update(indexed)
      } else if (this.#opensAt(indexed, now, 1) > now) {
        lanes.ready.remove(indexed)
        this.#put(lanes, indexed, now)
      } else return indexed
    }
    return undefined
  }

  #opensAt(indexed: IndexedLane, now: number, tokens: number): number {
    return this.#google.opensAt(indexed.lane, now, { tokens, conservative: this.#conservative })
  }

  #wake(lanes: ModelLanes, now: number): void {
    for (
      let indexed = lanes.waiting.peek();
      indexed && indexed.wakeAt <= now;
      indexed = lanes.waiting.peek()
    ) {
      lanes.waiting.remove(indexed)
      this.#put(lanes, indexed, now)
    }
  }

  #put(lanes: ModelLanes, indexed: IndexedLane, now: number): void {
    indexed.wakeAt = this.#opensAt(indexed, now, 1)
    // Dead keys stay dead, so a lane without a usable key is dropped.
    if (indexed.wakeAt === Infinity || !this.#google.usableKey(indexed.lane, now)) return
    if (indexed.wakeAt > now) return lanes.waiting.push(indexed)
    indexed.rank = this.#google.dayUsedShare(indexed.lane, now)
    lanes.ready.push(indexed)
  }

  #lanesFor(model: string, now: number): ModelLanes {
    const dayEnd = this.#google.dayEnd(now)
    const known = this.#models.get(model)
    if (known?.dayEnd === dayEnd) return known
    const lanes: ModelLanes = {
      dayEnd,
      full: undefined,
      all: known?.all ?? this.#google.lanesOf(model).map(indexedLane),
      ...emptyQueues(),
    }
    for (const indexed of lanes.all) this.#put(lanes, indexed, now)
    this.#models.set(model, lanes)
    return lanes
  }
}

function indexedLane(lane: GoogleLane): IndexedLane {
  return { lane, rank: 0, wakeAt: 0, readyIndex: -1, wakeIndex: -1 }
}

function emptyQueues(): Queues {
  return {
    ready: new IndexedHeap<IndexedLane>({
      rankOf: (indexed) => indexed.rank,
      indexOf: (indexed) => indexed.readyIndex,
      setIndex: (indexed, index) => (indexed.readyIndex = index),
    }),
    waiting: new IndexedHeap<IndexedLane>({
      rankOf: (indexed) => indexed.wakeAt,
      indexOf: (indexed) => indexed.wakeIndex,
      setIndex: (indexed, index) => (indexed.wakeIndex = index),
    }),
  }
}
