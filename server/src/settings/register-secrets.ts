import { settingEntries, type Settings } from '@gemini-balance/contract'
import { decodeOrKeep } from '../runtime/decode-or-keep.ts'
import type { Scrubber } from '../log/scrub.ts'

/** Headers that hold credentials. */
const secretHeader = /auth|cookie|key|token|secret|password/i

/** Adds all secrets of the settings to the scrubber: secret settings, and passwords in URLs. */
export function registerSecrets(scrubber: Pick<Scrubber, 'add'>, settings: Settings): void {
  for (const { name, secret, addresses } of settingEntries) {
    for (const text of textsIn(settings[name])) {
      if (secret === true && addresses !== true) scrubber.add(text)
      for (const password of passwordsIn(text)) scrubber.add(password)
    }
  }
  for (const [name, value] of Object.entries(settings.customHeaders)) {
    if (!secretHeader.test(name)) continue
    scrubber.add(value)
    // `Bearer abc`: the second word is the secret.
    scrubber.add(value.split(' ').at(-1) ?? '')
  }
}

/** Does the same before settings are read, for messages of a failed start: adds each secret variable and each of its words. */
export function registerEnvironmentSecrets(
  scrubber: Pick<Scrubber, 'add'>,
  environment: Readonly<Record<string, unknown>>,
): void {
  for (const { env, secret, addresses } of settingEntries) {
    const text = environment[env]
    if (typeof text !== 'string') continue
    for (const word of [text, ...text.split(/[\s,;"'[\]{}]+/)]) {
      if (secret === true && addresses !== true) scrubber.add(word)
      for (const password of passwordsIn(word)) scrubber.add(password)
    }
  }
}

function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  return Array.isArray(value) ? value.flatMap(textsIn) : []
}

/** Encoded and decoded: `p%40ss` is `p@ss`. */
function passwordsIn(text: string): string[] {
  if (!text.includes('@') || !URL.canParse(text)) return []
  const { password } = new URL(text)
  return [password, decodeOrKeep(password)]
}
