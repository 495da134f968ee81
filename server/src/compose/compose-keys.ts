import { createKeyEngine, type KeyEngine } from '../keys/engine.ts'
import type { KeyEvent } from '../keys/events.ts'
import type { KeyId } from '../keys/port.ts'
import type { Secret } from '../keys/secret.ts'
import type { RootLog } from '../log/create-log.ts'
import { changedSettings, type LiveSettings } from '../settings/live-settings.ts'
import type { KeyPatch } from '../storage/key-row.ts'
import type { Storage } from '../storage/open-storage.ts'
import { keepEngineState } from './engine-keeper.ts'
import { keyPolicyOf } from './key-policy.ts'
import { realClock } from './real-clock.ts'

export type KeysDeps = {
  readonly storage: Storage
  readonly settings: LiveSettings
  readonly log: RootLog
  readonly complain: (error: unknown) => void
}

export type ComposedKeys = {
  readonly engine: KeyEngine
  readonly secretOf: (key: KeyId) => Secret | undefined
  readonly changeKey: (key: KeyId, patch: KeyPatch) => Promise<boolean>
  close(): Promise<void>
}

/** The engine with the keys that the settings name and the memory that was kept of them. */
export async function composeKeys(deps: KeysDeps): Promise<ComposedKeys> {
  const { storage, settings, log, complain } = deps
  let policy = keyPolicyOf(settings.current())
  const engine = createKeyEngine({
    clock: realClock,
    random: Math.random,
    policy: () => policy,
    onEvent: (event) => tell(log, event),
  })
  const secrets = new Map<KeyId, Secret>()

  async function load(): Promise<void> {
    const rows = await storage.keys.all()
    secrets.clear()
    for (const { id, secret } of rows) secrets.set(id, secret)
    engine.setKeys(rows)
  }

  async function sync(): Promise<void> {
    await storage.keys.syncValues(settings.current().apiKeys)
    await load()
  }

  await sync()
  const keeper = await keepEngineState({ engine, store: storage.engineState, complain })
  settings.subscribe((now, before) => {
    policy = keyPolicyOf(now)
    const isChanged = changedSettings(now, before).some(({ name }) => name === 'apiKeys')
    if (isChanged) sync().catch(complain)
  })

  return {
    engine,
    secretOf: (key) => secrets.get(key),
    async changeKey(key, patch) {
      const isKnown = await storage.keys.update(key, patch)
      if (isKnown) await load()
      return isKnown
    },
    async close() {
      engine.close()
      await keeper.close()
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
