import type { ClientToken } from '../../auth/clients/client-token.ts'
import type { KeyCounts } from '../../keys/views.ts'
import type { SettingOrigin } from '../../settings/live-settings.ts'
import type { DatabaseChoice } from '../../storage/choose-database.ts'

export type GreetingFacts = {
  readonly version: string
  readonly url: string
  /** Which addresses are open, and why. */
  readonly reach: string
  readonly keys: KeyCounts['keys']
  readonly tokens: readonly Pick<ClientToken, 'name' | 'source' | 'enabled' | 'expiresAt'>[]
  readonly adminToken: SettingOrigin | 'new'
  readonly database: DatabaseChoice
  readonly now: number
}

/** What a start tells: a sentence, and a row for each thing that is usable. */
export type Greeting = { readonly title: string; readonly rows: readonly GreetingRow[] }
export type GreetingRow = readonly [label: string, text: string]

export function greetingOf(facts: GreetingFacts): Greeting {
  const { version, url, reach, database } = facts
  return {
    title: `Gemini Balance ${version} listens on ${url}, ${keysReady(facts.keys)}.`,
    rows: [
      ['Open', url],
      ['Reach', reach],
      ['Keys', keysRow(facts.keys)],
      ['Tokens', tokensRow(facts)],
      ['Database', databaseRow(database)],
    ],
  }
}

type Keys = GreetingFacts['keys']

const totalOf = (keys: Keys) => Object.values(keys).reduce((sum, count) => sum + count, 0)

function keysReady(keys: Keys): string {
  const total = totalOf(keys)
  return total === 0 ? 'with no keys yet' : `with ${keys.active} of ${total} keys ready`
}

const stateWords: readonly (readonly [Exclude<keyof Keys, 'active'>, string])[] = [
  ['failing', 'cooling down'],
  ['suspended', 'suspended'],
  ['dead', 'dead'],
  ['disabled', 'disabled'],
]

function keysRow(keys: Keys): string {
  const total = totalOf(keys)
  if (total === 0) return 'none. Add keys: API_KEYS=key1,key2 in the environment or in .env.'
  const others = stateWords.flatMap(([state, word]) =>
    keys[state] === 0 ? [] : [`${keys[state]} ${word}`],
  )
  const ready = keys.active === 0 ? 'none can serve now' : `${keys.active} can serve now`
  return `${[ready, ...others].join(', ')}.`
}

const adminWords = {
  new: 'shown above',
  default: 'generated at the first start',
  environment: 'AUTH_TOKEN',
  database: 'AUTH_TOKEN, as stored',
} as const satisfies Record<GreetingFacts['adminToken'], string>

const mostNamed = 5

function tokensRow({ tokens, adminToken, now }: GreetingFacts): string {
  const usable = tokens.filter(
    ({ enabled, expiresAt }) => enabled && (expiresAt === undefined || expiresAt > now),
  )
  const unusable = tokens.length - usable.length
  const named = usable.filter(({ source }) => source === 'admin').map(({ name }) => name)
  const listed = usable.length - named.length
  const names = [...(listed === 0 ? [] : [`${listed} of ALLOWED_TOKENS`]), ...named]
  const shown = [...names.slice(0, mostNamed), ...(names.length > mostNamed ? ['…'] : [])]
  const list = usable.length === 0 ? '' : ` (${shown.join(', ')})`
  const clients = usable.length === 0 ? 'none for clients' : `${usable.length} for clients${list}`
  const rest = unusable === 0 ? [] : [`${unusable} disabled or expired`]
  return `${[clients, ...rest].join(', ')}; admin: ${adminWords[adminToken]}.`
}

function databaseRow(database: DatabaseChoice): string {
  if (database.kind === 'sqlite') return `SQLite, ${database.path}`
  const name = database.kind === 'mysql' ? 'MySQL' : 'PostgreSQL'
  const place = database.socket ?? `${database.host}:${database.port}`
  return `${name}, ${database.database} at ${place}`
}

const labelWidth = 10

/** One row for eyes. */
export const rowText = ([label, text]: GreetingRow) => `  ${label.padEnd(labelWidth)}${text}`
