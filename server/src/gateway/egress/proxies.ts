import { createHash } from 'node:crypto'
import type { Outcome } from '../../google/outcome.ts'
import type { Secret } from '../../log/secret.ts'
import { readProxyAddress, type ProxyAddress } from './proxy-address.ts'

/** A way out to Google, through a proxy. Without proxies there is none, and calls leave directly. */
export type Exit = { readonly proxy: ProxyAddress }

export type ExitState = {
  readonly proxy: string
  readonly state: 'up' | 'down'
  /** When it is tried again. */
  readonly until: number | undefined
  /** In a row. */
  readonly failures: number
  readonly answers: number
  /** Why the last call through it failed. */
  readonly message: string | undefined
}

export type ExitSettings = {
  readonly proxies: readonly string[]
  /** Whether a key leaves by the same one each time. */
  readonly isSticky: boolean
}

export type ExitsDeps = {
  /** The same list again as long as nothing has changed. */
  readonly settings: () => ExitSettings
  readonly now: () => number
  readonly random: () => number
  /** That one has failed or works again. */
  readonly onChange: (state: ExitState) => void
  /** That one is no longer in the settings. */
  readonly onGone: (exit: Exit) => void
}

/** The proxies, and which of them work. */
export type Exits = {
  /** The way out for a call with this key; undefined: directly. */
  choose(secret: Secret): Exit | undefined
  /** Learns from how a call ended. Answers what the outcome means where there are other ways out. */
  settle(exit: Exit, outcome: Outcome): Outcome
  states(): readonly ExitState[]
}

type Door = Exit & {
  readonly written: string
  readonly hash: number
  failures: number
  answers: number
  /** How often it went down since it last worked. */
  level: number
  downUntil: number
  message: string | undefined
}

/** Calls in a row that may fail behind a proxy: one may be Google's doing, two are not believed to be. */
const failuresBeforeDown = 2
const firstDownMs = 10_000
const longestDownMs = 600_000
/** So long a proxy that was down is left to the one call that tries it. */
const trialMs = 30_000

/**
 * Keys spread over the proxies by rendezvous hashing: a key stays with its proxy over restarts, and where one comes, goes or fails, only the
 * keys that it gains or loses move. One that fails is left alone, longer each time, and tried by one call.
 */
export function createExits(deps: ExitsDeps): Exits {
  let listed: readonly string[] | undefined
  let doors: readonly Door[] = []
  const hashes = new WeakMap<Secret, number>()

  function current(): readonly Door[] {
    const { proxies } = deps.settings()
    if (proxies === listed) return doors
    listed = proxies
    const known = new Map(doors.map((door) => [door.written, door]))
    doors = [...new Set(proxies)].map((written) => known.get(written) ?? openDoor(written))
    for (const door of known.values()) if (!doors.includes(door)) deps.onGone(door)
    return doors
  }

  function hashOfKey(secret: Secret): number {
    const known = hashes.get(secret)
    if (known !== undefined) return known
    const hash = hashOf(secret.reveal())
    hashes.set(secret, hash)
    return hash
  }

  function pick(usable: readonly Door[], secret: Secret): Door | undefined {
    if (!deps.settings().isSticky) return usable[Math.floor(deps.random() * usable.length)]
    const key = hashOfKey(secret)
    return best(usable, ({ hash }) => mix(key, hash))
  }

  function goDown(door: Door, now: number): void {
    door.downUntil = now + Math.min(longestDownMs, firstDownMs * 2 ** door.level)
    door.level += 1
    deps.onChange(stateOf(door))
  }

  return {
    choose(secret) {
      const all = current()
      if (all.length === 0) return undefined
      const now = deps.now()
      const usable = all.filter(({ downUntil }) => downUntil <= now)
      // Where none works, the one that is tried soonest is tried now: never directly, for that would tell who we are.
      const door = pick(usable, secret) ?? best(all, ({ downUntil }) => -downUntil)
      if (door !== undefined && door.level > 0) door.downUntil = now + trialMs
      return door
    },

    settle(exit, outcome) {
      const all = current()
      const door = all.find((one) => one === exit)
      if (door === undefined) return outcome
      const isProxys = outcome.reason === 'PROXY_FAILED'
      const isRefused = outcome.verdict === 'location-refused'
      if (!isRefused && outcome.verdict !== 'network-failed') {
        if (outcome.status > 0) recover(door, deps)
        return outcome
      }
      const now = deps.now()
      door.failures += 1
      door.message = outcome.message
      if (isRefused) door.level = Math.max(door.level, levelOfRefused)
      if (isProxys || isRefused || door.level > 0 || door.failures >= failuresBeforeDown) {
        goDown(door, now)
      }
      const hasOthers = all.some(({ level, downUntil }) => level === 0 && downUntil <= now)
      return isProxys && hasOthers ? { ...outcome, verdict: 'proxy-failed' } : outcome
    },

    states: () => current().map(stateOf),
  }
}

/** A place that Google does not serve will not be served in ten seconds. */
const levelOfRefused = Math.ceil(Math.log2(longestDownMs / firstDownMs))

function openDoor(written: string): Door {
  const proxy = readProxyAddress(written)
  return {
    written,
    proxy,
    // A new password moves no key.
    hash: hashOf(`${proxy.kind} ${proxy.user} ${proxy.name}`),
    failures: 0,
    answers: 0,
    level: 0,
    downUntil: 0,
    message: undefined,
  }
}

function recover(door: Door, { onChange }: Pick<ExitsDeps, 'onChange'>): void {
  const wasDown = door.level > 0
  door.answers += 1
  door.failures = 0
  door.level = 0
  door.downUntil = 0
  if (!wasDown) return
  door.message = undefined
  onChange(stateOf(door))
}

function stateOf({ proxy, level, downUntil, failures, answers, message }: Door): ExitState {
  const isDown = level > 0
  return {
    proxy: proxy.name,
    state: isDown ? 'down' : 'up',
    until: isDown ? downUntil : undefined,
    failures,
    answers,
    message,
  }
}

function best(doors: readonly Door[], worth: (door: Door) => number): Door | undefined {
  let found: Door | undefined
  let most = -Infinity
  for (const door of doors) {
    const its = worth(door)
    if (found !== undefined && its <= most) continue
    found = door
    most = its
  }
  return found
}

function hashOf(text: string): number {
  return createHash('sha256').update(text).digest().readUInt32LE(0)
}

/** Two hashes as one, every bit of it from both: the end of MurmurHash3. */
function mix(one: number, other: number): number {
  let hash = one ^ Math.imul(other, 0x9e37_79b1)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85eb_ca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2_ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}
