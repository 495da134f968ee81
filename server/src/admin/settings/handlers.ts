import {
  findSetting,
  settingEntries,
  SettingsError,
  settingsJsonSchema,
  type SettingEntry,
  type SettingShown,
} from '@gemini-balance/contract'
import type { KeyRegistry } from '../../keys/key-registry.ts'
import { changedSettings, type LiveSettings } from '../../settings/live-settings.ts'
import { mask } from '../../log/scrub.ts'
import type { AuditAction, AuditEntry, Auditor } from '../audit/auditor.ts'
import type { AdminCaller, Handlers } from '../handlers.ts'
import { maskPassword, meantSecret, showSecret } from './mask-secrets.ts'
import { meantKeys, shownKeys } from './present-keys.ts'

export type ConfigHandlerDeps = {
  readonly settings: LiveSettings
  readonly keyRegistry: Pick<KeyRegistry, 'all' | 'replaceAll'>
  readonly audit: Auditor
}

type ConfigEndpoints = 'getConfig' | 'putConfig' | 'resetConfig' | 'getConfigSchema'

/** Settings shown, changed and reset. */
export function configHandlers(deps: ConfigHandlerDeps): Pick<Handlers, ConfigEndpoints> {
  const { settings, keyRegistry, audit } = deps
  const shown = () => ({ settings: settingEntries.map((entry) => show(deps, entry)) })

  async function putKeys(by: AdminCaller, values: readonly string[]): Promise<void> {
    const { added, removed } = await keyRegistry.replaceAll(values)
    if (added.length + removed.length === 0) return
    await audit(by, {
      action: 'keys-changed',
      subject: 'API_KEYS',
      detail: { added: added.length, removed: removed.length },
    })
  }

  return {
    getConfig: async () => shown(),
    getConfigSchema: async () => ({ schema: settingsJsonSchema() }),
    async putConfig(patch, by) {
      const { keys, others } = apart(patch)
      // Before anything is changed: what is refused is refused as a whole.
      const values = keys && (await meantKeys(keys.value, keyRegistry.all()))
      const before = settings.current()
      await settings.change(meantPatch(settings, others))
      await audit(by, ...changes('setting-changed', before, settings))
      if (values !== undefined) await putKeys(by, values)
      return shown()
    },
    async resetConfig({ names }, by) {
      const before = settings.current()
      await settings.reset(names)
      await audit(by, ...changes('setting-reset', before, settings))
      return shown()
    },
  }
}

type Patch = Readonly<Record<string, unknown>>

const isKeys = (name: string) => findSetting(name)?.name === 'apiKeys'

/** API_KEYS is a table; the rest are settings. */
function apart(patch: Patch) {
  const entries = Object.entries(patch)
  const keys = entries.find(([name]) => isKeys(name))
  return {
    keys: keys && { value: keys[1] },
    others: Object.fromEntries(entries.filter(([name]) => !isKeys(name))),
  }
}

function changes(
  action: AuditAction,
  before: ReturnType<LiveSettings['current']>,
  settings: LiveSettings,
): AuditEntry[] {
  const now = settings.current()
  return changedSettings(now, before).map(({ name, env, secret }) => ({
    action,
    subject: env,
    ...(secret === true ? {} : { detail: { from: before[name], to: now[name] } }),
  }))
}

function show({ settings, keyRegistry }: ConfigHandlerDeps, entry: SettingEntry): SettingShown {
  const { name, env, group, help, live, secret = false } = entry
  return {
    name: env,
    group,
    help,
    live,
    secret,
    origin: settings.origin(entry),
    value:
      name === 'apiKeys'
        ? shownKeys(keyRegistry.all())
        : shownValue(settings.current()[name], entry),
  }
}

/** What only a start can change is no business of a form: of such secrets only that there are any. */
function shownValue(value: unknown, entry: SettingEntry): unknown {
  const { secret, live, addresses } = entry
  if (secret !== true) return value
  return live || value === '' || addresses === true ? showSecret(value, formOf(entry)) : '…'
}

const formOf = ({ addresses }: SettingEntry) => (addresses === true ? maskPassword : mask)

/** The patch with the secrets that are sent back as they were shown. */
function meantPatch(settings: LiveSettings, patch: Patch): Patch {
  const entries = Object.entries(patch).map(([name, value]): [string, unknown] => {
    const entry = findSetting(name)
    if (entry?.secret !== true) return [name, value]
    return [name, meantSecret(value, settings.current()[entry.name], formOf(entry))]
  })
  const unclear = entries.filter(
    ([name, value]) => value === undefined && patch[name] !== undefined,
  )
  if (unclear.length > 0) {
    throw new SettingsError(
      unclear.map(([name]) => ({ setting: findSetting(name)?.env ?? name, problem: shortened })),
    )
  }
  return Object.fromEntries(entries)
}

const shortened = 'has a shortened value that could be several or none: send the whole value.'
