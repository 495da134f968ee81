import type { EventBus } from '../telemetry/events/event-bus.ts'
import { openKeyRegistry, type KeyRegistry } from '../keys/key-registry.ts'
import { createKeyEngine, type KeyEngine } from '../keys/engine.ts'
import type { KeyId } from '../keys/types.ts'
import type { RootLog } from '../log/create-log.ts'
import type { LiveSettings } from '../settings/live-settings.ts'
import type { Storage } from '../storage/storage.ts'
import { createProjectRegistry, type ProjectRegistry } from '../keys/project-registry.ts'
import { startEngineStateWriter } from '../keys/engine-state-writer.ts'
import { keyPolicyOf } from '../keys/policy.ts'
import { realClock } from '../runtime/time/real-clock.ts'
import { keyEventLine } from './key-event-sentence.ts'

export type KeysDeps = {
  readonly storage: Storage
  readonly settings: LiveSettings
  readonly log: RootLog
  readonly onError: (error: unknown) => void
  readonly bus: EventBus
}

export type ComposedKeys = {
  readonly engine: KeyEngine
  readonly keyRegistry: KeyRegistry
  readonly projects: ProjectRegistry
  close(): Promise<void>
}

/** The engine with the keys of the table, those that the environment names for the first time, and the memory that was kept of them. */
export async function composeKeys(deps: KeysDeps): Promise<ComposedKeys> {
  const { storage, settings, log, onError, bus } = deps
  let policy = keyPolicyOf(settings.current())
  const engine = createKeyEngine({
    clock: realClock,
    random: Math.random,
    policy: () => policy,
    onEvent(event) {
      const { level, sentence } = keyEventLine(event, {
        keyName,
        host: new URL(settings.current().baseUrl).host,
        now: realClock.now(),
      })
      log[level]({ event }, sentence)
      if (event.kind === 'project-learned') projects.apply(event.project).catch(onError)
      bus.publish('engine', event)
    },
  })
  const keyName = (key: KeyId) => `${key} (${String(keyRegistry.secretOf(key) ?? '')})`
  const projects = createProjectRegistry({ engine, store: storage.projects })
  const keyRegistry = await openKeyRegistry({
    store: storage.keys,
    control: {
      ...engine.control,
      addKeys(rows) {
        engine.control.addKeys(rows)
        projects.applyToProjectsOf(rows)
      },
    },
    registerSecret: log.scrubber.add,
    onError,
    environment: { meta: storage.meta, values: settings.current().apiKeys },
  })
  const stateWriter = await startEngineStateWriter({
    state: engine.state,
    store: storage.engineState,
    onError,
  })
  // Learned projects exist only now.
  await projects.load()
  settings.subscribe((now) => {
    policy = keyPolicyOf(now)
  })

  return {
    engine,
    keyRegistry,
    projects,
    async close() {
      engine.close()
      await stateWriter.close()
      await keyRegistry.close()
    },
  }
}
