import { IndexedHeap } from '../../server/src/runtime/indexed-heap.ts'
import type { KeyId } from '../../server/src/keys/types.ts'
import type { FleetKey } from '../fleet.ts'
import type { Take } from '../queued-keys.ts'

type Resting = { readonly key: FleetKey; until: number; index: number }

/** Keys taking turns, some of them resting. The way most gateways choose a key. */
export class Rotation {
  readonly #ready: Map<KeyId, FleetKey>
  readonly #resting = new Map<KeyId, Resting>()
  readonly #wakes = new IndexedHeap<Resting>({
    rankOf: (resting) => resting.until,
    indexOf: (resting) => resting.index,
    setIndex: (resting, index) => (resting.index = index),
  })

  constructor(keys: readonly FleetKey[]) {
    this.#ready = new Map(keys.map((key) => [key.id, key]))
  }

  take(tried: ReadonlySet<KeyId> | undefined, now: number): Take {
    for (let first = this.#wakes.peek(); first && first.until <= now; first = this.#wakes.peek()) {
      this.#wakes.remove(first)
      this.#resting.delete(first.key.id)
      this.#ready.set(first.key.id, first.key)
    }
    for (const [id, key] of this.#ready) {
      if (tried?.has(id)) continue
      this.#ready.delete(id)
      this.#ready.set(id, key)
      return { ok: true, key }
    }
    return { ok: false, opensAt: this.#wakes.peek()?.until ?? Infinity }
  }

  rest(key: FleetKey, until: number): void {
    this.#ready.delete(key.id)
    const resting = this.#resting.get(key.id)
    if (resting) {
      resting.until = Math.max(resting.until, until)
      this.#wakes.update(resting)
      return
    }
    const fresh = { key, until, index: -1 }
    this.#resting.set(key.id, fresh)
    this.#wakes.push(fresh)
  }

  drop(key: FleetKey): void {
    this.#ready.delete(key.id)
    const resting = this.#resting.get(key.id)
    if (resting) this.#wakes.remove(resting)
    this.#resting.delete(key.id)
  }
}
