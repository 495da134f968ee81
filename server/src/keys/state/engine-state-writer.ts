import type { EngineStateStore } from '../stores.ts'
import type { State } from './state.ts'
import type { StateChange } from './rows.ts'
import { withTimeout } from '../../runtime/with-timeout.ts'

export type EngineKeeperDeps = {
  readonly state: Pick<State, 'load' | 'takeChanges'>
  readonly store: EngineStateStore
  readonly onError: (error: unknown) => void
}

export interface EngineKeeper {
  /** Writes what is left, as far as the database takes it in time, and stops. */
  close(): Promise<void>
}

const flushMs = 500
/** Tens of thousands of keys may change at a time. */
const changesAtOnce = 1000
/** How long the end may wait for the database. */
const closeMs = 3000
/** Of many failures in a row, the first and every sixtieth are told. */
const failuresPerMessage = 60

/** Gives the engine back what it knew, and from then on writes what it learns twice a second: a kill loses no verdict that is a second old. */
export async function keepEngineState(deps: EngineKeeperDeps): Promise<EngineKeeper> {
  const { state, store, onError } = deps
  // What could not be written is kept by id: a database that is away costs memory for each lane once.
  const unwritten = new Map<string, StateChange>()
  let writing: Promise<void> | undefined
  let failedInARow = 0

  async function flush(): Promise<void> {
    while (await flushSome()) continue
  }

  /** Tells whether there may be more. */
  async function flushSome(): Promise<boolean> {
    const changes = state.takeChanges(changesAtOnce)
    for (const change of changes) unwritten.set(change.id, change)
    if (unwritten.size === 0) return false
    const batch = [...unwritten.values()]
    unwritten.clear()
    try {
      await store.apply(batch)
      failedInARow = 0
      return changes.length === changesAtOnce
    } catch (error) {
      for (const change of batch) if (!unwritten.has(change.id)) unwritten.set(change.id, change)
      failedInARow += 1
      if (failedInARow % failuresPerMessage === 1) onError(error)
      return false
    }
  }

  state.load(await store.all())
  const timer = setInterval(() => {
    writing ??= flush().finally(() => {
      writing = undefined
    })
  }, flushMs)
  timer.unref()

  return {
    async close() {
      clearInterval(timer)
      await withTimeout(closeMs, async () => {
        await writing
        await flush()
      })
    },
  }
}
