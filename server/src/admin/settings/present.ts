import type { SettingEntry, SettingValue, SettingView } from '@gemini-balance/contract'
import type { KeyRegistry } from '../../keys/key-registry.ts'
import { mask } from '../../log/scrub.ts'
import type { LiveSettings } from '../../settings/live-settings.ts'
import { maskPassword, maskSecret } from './mask-secrets.ts'
import { maskKeys } from './resolve-keys.ts'

type Sources = { readonly settings: LiveSettings; readonly keyRegistry: Pick<KeyRegistry, 'all'> }

export function presentSetting(
  entry: SettingEntry,
  { settings, keyRegistry }: Sources,
): SettingView {
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
        ? maskKeys(keyRegistry.all())
        : maskedValue(settings.current()[name], entry),
  }
}

/** Of a secret that only a start can change, no character is shown. */
function maskedValue(value: SettingValue, entry: SettingEntry): SettingValue {
  const { secret, live, addresses } = entry
  if (secret !== true) return value
  return live || value === '' || addresses === true ? maskSecret(value, maskOf(entry)) : '…'
}

export const maskOf = ({ addresses }: SettingEntry) => (addresses === true ? maskPassword : mask)
