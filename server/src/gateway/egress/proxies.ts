import { createHash } from 'node:crypto'
import type { Outcome } from '../../google/outcome.ts'
import type { Secret } from '../../log/secret.ts'
import { readProxyAddress, type ProxyAddress } from './proxy-address.ts'

/** A way out to Google, through a proxy. Without proxies there is none, and calls leave directly. */
export type Proxy = { readonly address: ProxyAddress }

export type ProxyStatus = {
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

export type ProxySettings = {
  readonly proxies: readonly string[]
  /** Whether a key leaves by the same one each time. */
  readonly isSticky: boolean
}

export type ProxiesDeps = {
  /** The same list again as long as nothing has changed. */
  readonly settings: () => ProxySettings
  readonly now: () => number
  readonly random: () => number
  /** That one has failed or works again. */
  readonly onChange: (state: ProxyStatus) => void
  /** That one is no longer in the settings. */
  readonly onGone: (proxy: Proxy) => void
}

/** The proxies, and which of them work. */
export type Proxies = {
  /** The way out for a call with this key; undefined: directly. */
  choose(secret: Secret): Proxy | undefined
  /** Learns from how a call ended. Answers what the outcome means where there are other ways out. */
  settle(proxy: Proxy, outcome: Outcome): Outcome
  states(): readonly ProxyStatus[]
}

type ProxyState = Proxy & {
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
export function createProxies(deps: ProxiesDeps): Proxies {
  let listed: readonly string[] | undefined
  let states: readonly ProxyState[] = []
  const hashes = new WeakMap<Secret, number>()

  function current(): readonly ProxyState[] {
    const { proxies } = deps.settings()
    if (proxies === listed) return states
    listed = proxies
    const known = new Map(states.map((state) => [state.written, state]))
    states = [...new Set(proxies)].map((written) => known.get(written) ?? createState(written))
    for (const state of known.values()) if (!states.includes(state)) deps.onGone(state)
    return states
  }

  function hashOfKey(secret: Secret): number {
    const known = hashes.get(secret)
    if (known !== undefined) return known
    const hash = hashOf(secret.reveal())
    hashes.set(secret, hash)
    return hash
  }

  function pick(usable: readonly ProxyState[], secret: Secret): ProxyState | undefined {
    if (!deps.settings().isSticky) return usable[Math.floor(deps.random() * usable.length)]
    const key = hashOfKey(secret)
    return best(usable, ({ hash }) => mix(key, hash))
  }

  function goDown(state: ProxyState, now: number): void {
    state.downUntil = now + Math.min(longestDownMs, firstDownMs * 2 ** state.level)
    state.level += 1
    deps.onChange(stateOf(state))
  }

  return {
    choose(secret) {
      const all = current()
      if (all.length === 0) return undefined
      const now = deps.now()
      const usable = all.filter(({ downUntil }) => downUntil <= now)
      // Where none works, the one that is tried soonest is tried now: never directly, for that would tell who we are.
      const state = pick(usable, secret) ?? best(all, ({ downUntil }) => -downUntil)
      if (state !== undefined && state.level > 0) state.downUntil = now + trialMs
      return state
    },

    settle(proxy, outcome) {
      const all = current()
      const state = all.find((one) => one === proxy)
      if (state === undefined) return outcome
      const isProxyFault = outcome.reason === 'PROXY_FAILED'
      const isRefused = outcome.verdict === 'location-refused'
      if (!isRefused && outcome.verdict !== 'network-failed') {
        if (outcome.status > 0) recover(state, deps)
        return outcome
      }
      const now = deps.now()
      state.failures += 1
      state.message = outcome.message
      if (isRefused) state.level = Math.max(state.level, levelOfRefused)
      if (isProxyFault || isRefused || state.level > 0 || state.failures >= failuresBeforeDown) {
        goDown(state, now)
      }
      const hasOthers = all.some(({ level, downUntil }) => level === 0 && downUntil <= now)
      return isProxyFault && hasOthers ? { ...outcome, verdict: 'proxy-failed' } : outcome
    },

    states: () => current().map(stateOf),
  }
}

/** A place that Google does not serve will not be served in ten seconds. */
const levelOfRefused = Math.ceil(Math.log2(longestDownMs / firstDownMs))

function createState(written: string): ProxyState {
  const address = readProxyAddress(written)
  return {
    written,
    address,
    // A new password moves no key.
    hash: hashOf(`${address.kind} ${address.user} ${address.name}`),
    failures: 0,
    answers: 0,
    level: 0,
    downUntil: 0,
    message: undefined,
  }
}

function recover(state: ProxyState, { onChange }: Pick<ProxiesDeps, 'onChange'>): void {
  const wasDown = state.level > 0
  state.answers += 1
  state.failures = 0
  state.level = 0
  state.downUntil = 0
  if (!wasDown) return
  state.message = undefined
  onChange(stateOf(state))
}

function stateOf({
  address,
  level,
  downUntil,
  failures,
  answers,
  message,
}: ProxyState): ProxyStatus {
  const isDown = level > 0
  return {
    proxy: address.name,
    state: isDown ? 'down' : 'up',
    until: isDown ? downUntil : undefined,
    failures,
    answers,
    message,
  }
}

function best(
  states: readonly ProxyState[],
  worth: (state: ProxyState) => number,
): ProxyState | undefined {
  let found: ProxyState | undefined
  let most = -Infinity
  for (const state of states) {
    const value = worth(state)
    if (found !== undefined && value <= most) continue
    found = state
    most = value
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
