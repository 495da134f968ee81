import {
  findSetting,
  settingEntries,
  SettingsRefused,
  type SettingEntry,
  type SettingShown,
} from '@gemini-balance/contract'
import type { LiveSettings } from '../../settings/live-settings.ts'
import type { Handlers } from '../handlers.ts'
import { meantSecret, showSecret } from './shown-secrets.ts'

/** Settings shown and changed. */
export function configHandlers(settings: LiveSettings): Pick<Handlers, 'getConfig' | 'putConfig'> {
  const shown = () => ({ settings: settingEntries.map((entry) => show(settings, entry)) })
  return {
    getConfig: () => Promise.resolve(shown()),
    async putConfig(patch) {
      await settings.change(meantPatch(settings, patch))
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
    value: secret ? showSecret(value) : value,
  }
}

type Patch = Readonly<Record<string, unknown>>

/** The patch with the secrets that are sent back as they were shown. */
function meantPatch(settings: LiveSettings, patch: Patch): Patch {
  const entries = Object.entries(patch).map(([name, value]): [string, unknown] => {
    const entry = findSetting(name)
    if (entry?.secret !== true) return [name, value]
    return [name, meantSecret(value, settings.current()[entry.name])]
  })
  const unclear = entries.filter(
    ([name, value]) => value === undefined && patch[name] !== undefined,
  )
  if (unclear.length > 0) {
    throw new SettingsRefused(
      unclear.map(([name]) => ({
        setting: findSetting(name)?.env ?? name,
        problem: 'has a shortened value that could be several or none: send the whole value.',
      })),
    )
  }
  return Object.fromEntries(entries)
}
