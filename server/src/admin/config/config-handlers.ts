import { settingEntries, type SettingEntry, type SettingShown } from '@gemini-balance/contract'
import type { LiveSettings } from '../../settings/live-settings.ts'
import type { Handlers } from '../handlers.ts'

/** Settings shown and changed. */
export function configHandlers(settings: LiveSettings): Pick<Handlers, 'getConfig' | 'putConfig'> {
  const shown = () => ({ settings: settingEntries.map((entry) => show(settings, entry)) })
  return {
    getConfig: () => Promise.resolve(shown()),
    async putConfig(patch) {
      await settings.change(patch)
      return shown()
    },
  }
}

function show(settings: LiveSettings, entry: SettingEntry): SettingShown {
  const { name, env, group, help, live, secret = false } = entry
  const value = settings.current()[name]
  return {
    name: env,
    group,
    help,
    live,
    secret,
    origin: settings.origin(entry),
    value: secret ? masked(value) : value,
  }
}

/** A secret shows its last four characters, if that leaves enough of it unknown. */
function masked(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(masked)
  if (typeof value !== 'string' || value === '') return value
  return value.length < 12 ? '…' : `…${value.slice(-4)}`
}
