import { IndexedHeap } from '../server/src/runtime/indexed-heap.ts'
import type { KeyId } from '../server/src/keys/types.ts'
import type { FleetKey } from './fleet.ts'
import type { GoogleModel, TrueLane } from './google-model.ts'

export type Wish = {
  readonly model: string
  readonly tokens: number
  readonly tried?: ReadonlySet<KeyId>
}

export type Room =
  | { readonly found: true; readonly lane: TrueLane; readonly key: FleetKey }
  | { readonly found: false; readonly opensAt: number }

type Place = {
  readonly lane: TrueLane
  rank: number
  wakeAt: number
  readyIndex: number
  wakeIndex: number
}
type Shelf = {
  readonly dayEnd: number
  readonly places: readonly Place[]
  /** So many tokens are known to find no room until then. */
  futile: { readonly tokens: number; readonly until: number } | undefined
} & Queues
type Queues = { ready: IndexedHeap<Place>; asleep: IndexedHeap<Place> }

/** A lane that is too full for a request is passed over; after so many the answer is that there is no room. */
const passedOverMost = 256

/**
 * Finds a lane with room among all lanes of a model, from Google's own books. Of those with room it takes the one with the most
 * of its day left, so that as many lanes as possible stay open: the best that can be done without knowing what will be asked.
 */
export class RoomIndex {
  readonly #google: GoogleModel
  readonly #lasting: boolean
  readonly #shelves = new Map<string, Shelf>()

  constructor(google: GoogleModel, { lasting }: { lasting: boolean }) {
    this.#google = google
    this.#lasting = lasting
  }

  find(wish: Wish, now: number): Room {
    const shelf = this.#shelfFor(wish.model, now)
    const { futile } = shelf
    if (futile && now < futile.until && wish.tokens >= futile.tokens) {
      return { found: false, opensAt: futile.until }
    }
    this.#wake(shelf, now)
    const passedOver: Place[] = []
    let opensAt = Infinity
    let found: Room | undefined
    while (found === undefined && passedOver.length < passedOverMost) {
      const place = this.#first(shelf, now)
      if (place === undefined) break
      const roomAt = this.#roomAt(place, now, wish.tokens)
      const key = this.#google.usableKey(place.lane, now, wish.tried)
      if (roomAt <= now && key) found = { found: true, lane: place.lane, key }
      else {
        if (key) opensAt = Math.min(opensAt, roomAt)
        shelf.ready.remove(place)
        passedOver.push(place)
      }
    }
    for (const place of passedOver) shelf.ready.push(place)
    if (found) return found
    const until = Math.min(opensAt, shelf.asleep.peek()?.wakeAt ?? Infinity)
    const sawAll = passedOver.length < passedOverMost && !wish.tried
    if (sawAll) shelf.futile = { tokens: wish.tokens, until }
    return { found: false, opensAt: until }
  }

  /** The ready lane with the most of its day left, looked at afresh: what a heap knows of a lane may be out of date. */
  #first(shelf: Shelf, now: number): Place | undefined {
    for (let place = shelf.ready.peek(); place; place = shelf.ready.peek()) {
      const rank = this.#google.daySpent(place.lane, now)
      if (rank > place.rank) {
        place.rank = rank
        shelf.ready.update(place)
      } else if (this.#roomAt(place, now, 1) > now) {
        shelf.ready.remove(place)
        this.#put(shelf, place, now)
      } else return place
    }
    return undefined
  }

  #roomAt(place: Place, now: number, tokens: number): number {
    return this.#google.roomAt(place.lane, now, { tokens, lasting: this.#lasting })
  }

  #wake(shelf: Shelf, now: number): void {
    for (
      let place = shelf.asleep.peek();
      place && place.wakeAt <= now;
      place = shelf.asleep.peek()
    ) {
      shelf.asleep.remove(place)
      this.#put(shelf, place, now)
    }
  }

  #put(shelf: Shelf, place: Place, now: number): void {
    place.wakeAt = this.#roomAt(place, now, 1)
    // Dead keys stay dead, so a lane without a usable one is never looked at again.
    if (place.wakeAt === Infinity || !this.#google.usableKey(place.lane, now)) return
    if (place.wakeAt > now) return shelf.asleep.push(place)
    place.rank = this.#google.daySpent(place.lane, now)
    shelf.ready.push(place)
  }

  #shelfFor(model: string, now: number): Shelf {
    const dayEnd = this.#google.dayEnd(now)
    const known = this.#shelves.get(model)
    if (known?.dayEnd === dayEnd) return known
    const shelf: Shelf = {
      dayEnd,
      futile: undefined,
      places: known?.places ?? this.#google.lanesOf(model).map(freshPlace),
      ...freshQueues(),
    }
    for (const place of shelf.places) this.#put(shelf, place, now)
    this.#shelves.set(model, shelf)
    return shelf
  }
}

function freshPlace(lane: TrueLane): Place {
  return { lane, rank: 0, wakeAt: 0, readyIndex: -1, wakeIndex: -1 }
}

function freshQueues(): Queues {
  return {
    ready: new IndexedHeap<Place>({
      rankOf: (place) => place.rank,
      indexOf: (place) => place.readyIndex,
      setIndex: (place, index) => (place.readyIndex = index),
    }),
    asleep: new IndexedHeap<Place>({
      rankOf: (place) => place.wakeAt,
      indexOf: (place) => place.wakeIndex,
      setIndex: (place, index) => (place.wakeIndex = index),
    }),
  }
}
