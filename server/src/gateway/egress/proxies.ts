import { createHash } from 'node:crypto'
import type { Outcome } from '../../google/outcome.ts'
import type { Secret } from '../../log/secret.ts'
import { readProxyAddress, type ProxyAddress } from './proxy-address.ts'

/** An outbound proxy. Without proxies calls connect to Google directly. */
export type Proxy = { readonly address: ProxyAddress }

export type ProxyStatus = {
  readonly proxy: string
  readonly state: 'up' | 'down'
  /** When a proxy that is down is tried again. */
  readonly until: number | undefined
  /** Consecutive failures. */
  readonly failures: number
  readonly answers: number
  /** Error message of the last failed call. */
  readonly message: string | undefined
}

export type ProxySettings = {
  readonly proxies: readonly string[]
  /** Whether each key always uses the same proxy. */
  readonly isSticky: boolean
}

export type ProxiesDeps = {
  /** Returns the same list object until the setting changes. */
  readonly settings: () => ProxySettings
  readonly now: () => number
  readonly random: () => number
  /** Called when a proxy goes down or comes back up. */
  readonly onChange: (state: ProxyStatus) => void
  /** Called when a proxy is removed from the settings. */
  readonly onGone: (proxy: Proxy) => void
}

export type Proxies = {
  /** The proxy for a call with this key; undefined for a direct connection. */
  choose(secret: Secret): Proxy | undefined
  /** A working proxy for a call to another host, which is not settled: its end says nothing about the proxy. */
  forOtherHosts(): Proxy | undefined
  /** Records how a call ended. Returns the outcome, changed to `proxy-failed` when another proxy can serve a retry. */
  settle(proxy: Proxy, outcome: Outcome): Outcome
  states(): readonly ProxyStatus[]
}

type ProxyState = Proxy & {
  readonly setting: string
  readonly hash: number
  failures: number
  answers: number
  /** How often it went down since its last success. */
  level: number
  downUntil: number
  message: string | undefined
}

/** A single network failure behind a proxy may be Google's. */
const failuresBeforeDown = 2
const firstDownMs = 10_000
const longestDownMs = 600_000
/** How long one trial call has a recovering proxy to itself. */
const trialMs = 30_000

/**
 * Assigns keys to proxies by rendezvous hashing: assignments survive restarts, and a change of one proxy moves only its own keys.
 * A failed proxy is skipped with exponential backoff, then tried by a single call.
 */
export function createProxies(deps: ProxiesDeps): Proxies {
  let listed: readonly string[] | undefined
  let states: readonly ProxyState[] = []
  const hashes = new WeakMap<Secret, number>()

  function current(): readonly ProxyState[] {
    const { proxies } = deps.settings()
    if (proxies === listed) return states
    listed = proxies
    const known = new Map(states.map((state) => [state.setting, state]))
    states = [...new Set(proxies)].map((setting) => known.get(setting) ?? createState(setting))
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
    return highest(usable, ({ hash }) => mix(key, hash))
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
      // Never connect directly when all proxies are down: that would reveal the gateway's address.
      const state = pick(usable, secret) ?? highest(all, ({ downUntil }) => -downUntil)
      if (state !== undefined && state.level > 0) state.downUntil = now + trialMs
      return state
    },

    forOtherHosts() {
      const all = current()
      const working = all.filter(({ level }) => level === 0)
      return (
        working[Math.floor(deps.random() * working.length)] ??
        highest(all, ({ downUntil }) => -downUntil)
      )
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
      if (isRefused) state.level = Math.max(state.level, refusedLevel)
      if (isProxyFault || isRefused || state.level > 0 || state.failures >= failuresBeforeDown) {
        goDown(state, now)
      }
      const hasOthers = all.some(({ level, downUntil }) => level === 0 && downUntil <= now)
      // One that failed twice while others work is at fault itself, and not the network of all.
      const isAtFault = isProxyFault || (!isRefused && state.level > 0)
      return isAtFault && hasOthers ? { ...outcome, verdict: 'proxy-failed' } : outcome
    },

    states: () => current().map(stateOf),
  }
}

/** A refused location does not change in ten seconds, so it starts with the longest pause. */
const refusedLevel = Math.ceil(Math.log2(longestDownMs / firstDownMs))

function createState(setting: string): ProxyState {
  const address = readProxyAddress(setting)
  return {
    setting,
    address,
    // Without the password: changing it moves no keys.
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

function highest(
  states: readonly ProxyState[],
  scoreOf: (state: ProxyState) => number,
): ProxyState | undefined {
  let found: ProxyState | undefined
  let highestScore = -Infinity
  for (const state of states) {
    const value = scoreOf(state)
    if (found !== undefined && value <= highestScore) continue
    found = state
    highestScore = value
  }
  return found
}

function hashOf(text: string): number {
  return createHash('sha256').update(text).digest().readUInt32LE(0)
}

/** Combines two hashes with the finalizer of MurmurHash3. */
function mix(one: number, other: number): number {
  let hash = one ^ Math.imul(other, 0x9e37_79b1)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85eb_ca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2_ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}
