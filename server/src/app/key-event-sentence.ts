import { failureWords } from '../google/errors/failure-words.ts'
import { verdicts, type VerdictName } from '../google/verdicts.ts'
import type { KeyEvent } from '../keys/events.ts'
import type { KeyId } from '../keys/types.ts'

export type EventNames = {
  /** The key as an operator knows it, without revealing it. */
  readonly keyName: (key: KeyId) => string
  /** The host of BASE_URL. */
  readonly host: string
  readonly now: number
}

type EventLine = { readonly level: 'info' | 'warn'; readonly sentence: string }
type Kind = KeyEvent['kind']
type EventOf<K extends Kind> = Extract<KeyEvent, { readonly kind: K }>
type Row<K extends Kind> = {
  /** Warnings are for what an operator should see. */
  readonly level: EventLine['level']
  readonly sentence: (event: EventOf<K>, names: EventNames) => string
}

/** What happened to a key, a project, a model or the network, and why, for the log. */
export function keyEventLine(event: KeyEvent, names: EventNames): EventLine {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the row of its own kind
  const { level, sentence } = rows[event.kind] as Row<Kind>
  return { level, sentence: sentence(event, names) }
}

const rows: { readonly [K in Kind]: Row<K> } = {
  'key-died': {
    level: 'warn',
    sentence: ({ key, verdict }, { keyName }) =>
      `Key ${keyName(key)} is out of service: ${because(verdict)}`,
  },
  'key-revived': {
    level: 'info',
    sentence: ({ key }, { keyName }) => `Key ${keyName(key)} is in service again.`,
  },
  'key-cooled': {
    level: 'info',
    sentence: ({ key, verdict, until }, names) =>
      `Key ${names.keyName(key)} cools down for ${duration(until, names)}: ${because(verdict)}`,
  },
  'project-suspended': {
    level: 'warn',
    sentence: ({ project, verdict, until }, names) =>
      `The keys of ${project} are not used for ${duration(until, names)}: ${because(verdict)}`,
  },
  'project-resumed': {
    level: 'info',
    sentence: ({ project }) => `The keys of ${project} are used again.`,
  },
  'project-learned': {
    level: 'info',
    sentence: ({ key, project }, { keyName }) => `Key ${keyName(key)} belongs to ${project}.`,
  },
  'lane-closed': {
    level: 'info',
    sentence: ({ project, lane, verdict, until }, names) =>
      `${lane} is closed to ${project} for ${duration(until, names)}: ${because(verdict)}`,
  },
  'lane-reopened': {
    level: 'info',
    sentence: ({ project, lane }) => `${lane} is open to ${project} again.`,
  },
  'limit-learned': {
    level: 'info',
    sentence: ({ project, lane, quotaId, limit }) =>
      `The limit of ${project} for ${lane} is ${limit} (${quotaId}).`,
  },
  'model-overloaded': {
    level: 'warn',
    sentence: ({ lane, until }, names) =>
      `${lane} is overloaded at ${names.host}: Google has no capacity for it. It is tried again in ${duration(until, names)}.`,
  },
  'model-recovered': {
    level: 'info',
    sentence: ({ lane }, { host }) => `${lane} is answered again by ${host}.`,
  },
  'egress-down': {
    level: 'warn',
    sentence: (event, names) => {
      const again = `Calls are tried again in ${duration(event.until, names)}.`
      return event.verdict === 'location-refused'
        ? `${names.host} does not serve the location of this machine. Set PROXIES to one that it serves. ${again}`
        : `Cannot reach ${names.host}: ${failureWords(event)}. ${again}`
    },
  },
  'egress-recovered': {
    level: 'info',
    sentence: (_event, { host }) => `${host} answers again.`,
  },
  'failures-correlated': {
    level: 'warn',
    sentence: ({ verdict, keys }, { keyName }) =>
      `Google refuses ${keys.length} keys alike, so they are held back and probed: ${shortList(keys.map(keyName))}. ${verdicts[verdict].meaning}`,
  },
  'projects-joined': {
    level: 'info',
    sentence: ({ project, keys }, { keyName }) =>
      `These keys are of one project and share its quota (${project}): ${shortList(keys.map(keyName))}.`,
  },
  'projects-contradict': {
    level: 'warn',
    sentence: ({ keys, projects }, { keyName }) =>
      `Keys of one project are assigned to ${shortList(projects)}: ${shortList(keys.map(keyName))}. Assign them to the same one.`,
  },
  'projects-look-shared': {
    level: 'info',
    sentence: ({ keys }, { keyName }) =>
      `These keys seem to share a quota: ${shortList(keys.map(keyName))}. If they are of one project, set it for them.`,
  },
}

/** `The key is invalid.` within a sentence. */
function because(verdict: VerdictName): string {
  const { meaning } = verdicts[verdict]
  return /^Google|^MAX_/.test(meaning)
    ? meaning
    : meaning.charAt(0).toLowerCase() + meaning.slice(1)
}

const mostListed = 5

function shortList(names: readonly string[]): string {
  const more = names.length - mostListed
  return [...names.slice(0, mostListed), ...(more > 0 ? [`${more} more`] : [])].join(', ')
}

const units: readonly (readonly [name: string, ms: number])[] = [
  ['days', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
]

/** `5 s`, `10 min`, `3 h`: rounded up, in the largest unit of which there are two. */
function duration(until: number, { now }: EventNames): string {
  if (until === Infinity) return 'good'
  const ms = Math.max(0, until - now)
  const unit = units.find(([, size]) => ms >= 2 * size)
  return unit === undefined ? `${Math.ceil(ms / 1000)} s` : `${Math.ceil(ms / unit[1])} ${unit[0]}`
}
