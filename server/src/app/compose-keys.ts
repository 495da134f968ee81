import type { EventBus } from '../telemetry/events/event-bus.ts'
import { importEnvironmentKeys } from '../keys/registry/environment-keys.ts'
import { openKeyRegistry, type KeyRegistry } from '../keys/registry/key-registry.ts'
import { createKeyEngine, type KeyEngine } from '../keys/engine.ts'
import type { KeyEvent } from '../keys/events.ts'
import type { RootLog } from '../log/create-log.ts'
import type { LiveSettings } from '../settings/live-settings.ts'
import type { Storage } from '../storage/storage.ts'
import { composeProjects, type ComposedProjects } from '../keys/registry/project-settings.ts'
import { startEngineStateWriter } from '../keys/engine-state-writer.ts'
import { keyPolicyOf } from '../keys/policy.ts'
import { realClock } from '../runtime/real-clock.ts'

export type KeysDeps = {
  readonly storage: Storage
  readonly settings: LiveSettings
  readonly log: RootLog
  readonly onError: (error: unknown) => void
  readonly bus: EventBus
}

export type ComposedKeys = {
  readonly engine: KeyEngine
  readonly book: KeyRegistry
  readonly projects: ComposedProjects
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
      tell(log, event)
      if (event.kind === 'project-learned') projects.apply(event.project).catch(onError)
      bus.publish('engine', event)
    },
  })
  const projects = composeProjects({ engine, store: storage.projects })
  const book = await openKeyRegistry({
    store: storage.keys,
    control: {
      ...engine.control,
      addKeys(rows) {
        engine.control.addKeys(rows)
        projects.tellOf(rows)
      },
    },
    guard: log.scrubber.add,
    onError,
  })
  await importEnvironmentKeys(book, storage.meta, settings.current().apiKeys)
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
    book,
    projects,
    async close() {
      engine.close()
      await stateWriter.close()
      await book.close()
    },
  }
}

/** What the engine says aloud, as loud as it is serious. */
function tell(log: RootLog, event: KeyEvent): void {
  switch (event.kind) {
    case 'key-died':
    case 'project-suspended':
    case 'egress-down':
      return log.warn(event, event.kind)
    default:
      return log.info(event, event.kind)
  }
}
