import { IndexedHeap } from '../../server/src/runtime/indexed-heap.ts'
import type { KeyId } from '../../server/src/keys/types.ts'
import type { FleetKey } from '../fleet.ts'
import type { TakeResult } from '../queued-keys.ts'

type CoolingKey = { readonly key: FleetKey; until: number; index: number }

/** Round robin over all keys that are not cooling down, as in most gateways. */
export class Rotation {
  readonly #ready: Map<KeyId, FleetKey>
  readonly #cooling = new Map<KeyId, CoolingKey>()
  readonly #wakes = new IndexedHeap<CoolingKey>({
    rankOf: (coolingKey) => coolingKey.until,
    indexOf: (coolingKey) => coolingKey.index,
    setIndex: (coolingKey, index) => (coolingKey.index = index),
  })

  constructor(keys: readonly FleetKey[]) {
    this.#ready = new Map(keys.map((key) => [key.id, key]))
  }

  take(tried: ReadonlySet<KeyId> | undefined, now: number): TakeResult {
    for (let first = this.#wakes.peek(); first && first.until <= now; first = this.#wakes.peek()) {
      this.#wakes.remove(first)
      this.#cooling.delete(first.key.id)
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

  cool(key: FleetKey, until: number): void {
    this.#ready.delete(key.id)
    const coolingKey = this.#cooling.get(key.id)
    if (coolingKey) {
      coolingKey.until = Math.max(coolingKey.until, until)
      this.#wakes.update(coolingKey)
      return
    }
    const fresh = { key, until, index: -1 }
    this.#cooling.set(key.id, fresh)
    this.#wakes.push(fresh)
  }

  drop(key: FleetKey): void {
    this.#ready.delete(key.id)
    const coolingKey = this.#cooling.get(key.id)
    if (coolingKey) this.#wakes.remove(coolingKey)
    this.#cooling.delete(key.id)
  }
}
