import { createKeyedWriter } from '../runtime/write-behind.ts'
import { yieldToEventLoop } from '../runtime/slices/yield-to-event-loop.ts'
import type { KeyEngine } from './engine.ts'
import type { StateChange } from './state-rows.ts'
import type { EngineStateStore } from './stores.ts'

export type EngineStateWriterDeps = {
  readonly state: Pick<KeyEngine['state'], 'load' | 'takeChanges'>
  readonly store: EngineStateStore
  readonly onError: (error: unknown) => void
}

export type EngineStateWriter = { close(): Promise<void> }

const takeMs = 500
/** Tens of thousands of keys may change at a time. */
const changesAtOnce = 1000

/** Loads what the engine knew before the restart, and then writes its changes twice a second: a kill loses no verdict older than a second. */
export async function startEngineStateWriter(
  deps: EngineStateWriterDeps,
): Promise<EngineStateWriter> {
  const { state, store, onError } = deps
  state.load(await store.all())
  const writer = createKeyedWriter<string, StateChange>({
    write: (changes) => store.apply(changes.map(([, change]) => change)),
    onError,
    delayMs: 0,
    retryMs: takeMs,
    longestRetryMs: takeMs,
    // One entry a key, project or lane, however long the database is away.
    maxQueued: Infinity,
    maxBatch: changesAtOnce,
  })
  async function take(): Promise<void> {
    for (;;) {
      const changes = state.takeChanges(changesAtOnce)
      for (const change of changes) writer.set(change.id, change)
      if (changes.length < changesAtOnce) return
      await yieldToEventLoop()
    }
  }
  const timer = setInterval(() => void take(), takeMs)
  timer.unref()

  return {
    async close() {
      clearInterval(timer)
      await take()
      await writer.close()
    },
  }
}
