import {
  findSetting,
  settingEntries,
  SettingsError,
  settingsJsonSchema,
} from '@gemini-balance/contract'
import type { KeyRegistry } from '../../keys/key-registry.ts'
import { changedSettings, type LiveSettings } from '../../settings/live-settings.ts'
import type { AuditAction, AuditEntry, Auditor } from '../audit/auditor.ts'
import type { AdminCaller, Handlers } from '../handlers.ts'
import { resolveMasked } from './mask-secrets.ts'
import { maskOf, presentSetting } from './present.ts'
import { ambiguousSecret, resolveKeys } from './resolve-keys.ts'

export type SettingsHandlerDeps = {
  readonly settings: LiveSettings
  readonly keyRegistry: Pick<KeyRegistry, 'all' | 'replaceAll'>
  readonly audit: Auditor
}

type ConfigEndpoints = 'getSettings' | 'changeSettings' | 'resetSettings' | 'getSettingsSchema'

/** The settings, with the keys as one of them. */
export function settingsHandlers(deps: SettingsHandlerDeps): Pick<Handlers, ConfigEndpoints> {
  const { settings, keyRegistry, audit } = deps
  const views = () => ({
    settings: settingEntries.map((entry) => presentSetting(entry, { settings, keyRegistry })),
  })

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
    getSettings: async () => views(),
    getSettingsSchema: async () => ({ schema: settingsJsonSchema() }),
    async changeSettings(patch, by) {
      const { keys, others } = splitKeys(patch)
      // Before the first change: the patch applies as a whole or not at all.
      const values = keys && (await resolveKeys(keys.value, keyRegistry.all()))
      const before = settings.current()
      await settings.change(resolvePatch(settings, others))
      await audit(by, ...changes('setting-changed', before, settings))
      if (values !== undefined) await putKeys(by, values)
      return views()
    },
    async resetSettings({ names }, by) {
      const before = settings.current()
      await settings.reset(names)
      await audit(by, ...changes('setting-reset', before, settings))
      return views()
    },
  }
}

type Patch = Readonly<Record<string, unknown>>

const isKeys = (name: string) => findSetting(name)?.name === 'apiKeys'

/** API_KEYS is a table; the rest are settings. */
function splitKeys(patch: Patch) {
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

/** The patch with its masked secrets resolved. */
function resolvePatch(settings: LiveSettings, patch: Patch): Patch {
  const entries = Object.entries(patch).map(([name, value]): [string, unknown] => {
    const entry = findSetting(name)
    if (entry?.secret !== true) return [name, value]
    return [name, resolveMasked(value, settings.current()[entry.name], maskOf(entry))]
  })
  const ambiguous = entries.filter(
    ([name, value]) => value === undefined && patch[name] !== undefined,
  )
  if (ambiguous.length > 0) {
    throw new SettingsError(
      ambiguous.map(([name]) => ({
        setting: findSetting(name)?.env ?? name,
        problem: ambiguousSecret,
      })),
    )
  }
  return Object.fromEntries(entries)
}
