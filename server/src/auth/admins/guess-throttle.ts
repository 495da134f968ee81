import { hash } from 'node:crypto'
import { networkOf } from '../../runtime/network-of.ts'

export type ThrottleLimits = {
  /** Failures of an address without a wait: people mistype. */
  readonly freeFailures: number
  /** The wait after the first failure beyond those; it doubles with each further one. */
  readonly firstWaitMs: number
  readonly longestWaitMs: number
  /** Failures of an address are forgotten this long after the last one. */
  readonly forgetMs: number
  readonly maxAddresses: number
  /** A token bucket that all addresses with failures share. */
  readonly burst: number
  readonly perSecond: number
}

export const loginLimits: ThrottleLimits = {
  freeFailures: 10,
  firstWaitMs: 1000,
  longestWaitMs: 15 * 60_000,
  forgetMs: 24 * 3_600_000,
  maxAddresses: 10_000,
  burst: 60,
  perSecond: 1,
}

/** Whether a token may be checked. */
export type GuessCheck =
  | { readonly ok: true }
  | { readonly ok: false; readonly retryAfterMs: number }

/**
 * Limits how fast tokens can be guessed. An address that fails must wait, longer each time. All addresses with failures also share one rate.
 * When more addresses fail than can be remembered, that rate applies to all.
 */
export type GuessThrottle = {
  /** Whether a token of this address may be checked now. After it, call `failed` or `succeeded`. */
  check(address: string): GuessCheck
  failed(address: string, guess: string): void
  /** Whether this address sent this wrong token lately. A repeated token is no new guess, so it counts once. */
  isRepeated(address: string, guess: string): boolean
  /** Returns the token of the bucket. `forgive` also forgets the failures: at a login of a person, not at calls of scripts. */
  succeeded(address: string, forgive: boolean): void
}

export type ThrottleDeps = {
  readonly now: () => number
  /** Called when a wait begins. */
  readonly onWait?: (address: string, failures: number, waitMs: number) => void
}

type Failures = {
  readonly count: number
  readonly blockedUntil: number
  readonly lastAt: number
  /** Marks of the latest wrong tokens. */
  readonly wrong: readonly string[]
}

/** Wrong tokens that are remembered of an address: one a misconfigured program. */
const maxWrongTokens = 16

export function createGuessThrottle(
  { now, onWait }: ThrottleDeps,
  limits = loginLimits,
): GuessThrottle {
  // In order of the last failure.
  const failures = new Map<string, Failures>()
  let isFullUntil = 0
  let tokens = limits.burst
  let filledAt = now()

  function refill(at: number): void {
    const gained = (Math.max(0, at - filledAt) / 1000) * limits.perSecond
    tokens = Math.min(limits.burst, tokens + gained)
    filledAt = at
  }

  function known(address: string, at: number): Failures | undefined {
    const found = failures.get(address)
    if (found === undefined || at - found.lastAt < limits.forgetMs) return found
    failures.delete(address)
    return undefined
  }

  function remember(address: string, one: Failures): void {
    failures.delete(address)
    failures.set(address, one)
    const [oldest] = failures.keys()
    if (failures.size <= limits.maxAddresses || oldest === undefined) return
    const forgotten = failures.get(oldest)
    failures.delete(oldest)
    // Until then an unknown address may be this one, whose failures are lost.
    isFullUntil = Math.max(isFullUntil, (forgotten?.lastAt ?? 0) + limits.forgetMs)
  }

  return {
    check(from) {
      const at = now()
      refill(at)
      const one = known(networkOf(from), at)
      if (one !== undefined && one.blockedUntil > at)
        return { ok: false, retryAfterMs: one.blockedUntil - at }
      if (one === undefined && at >= isFullUntil) return { ok: true }
      if (tokens < 1) return { ok: false, retryAfterMs: ((1 - tokens) / limits.perSecond) * 1000 }
      tokens -= 1
      return { ok: true }
    },
    failed(from, guess) {
      const at = now()
      const address = networkOf(from)
      const before = known(address, at)
      const count = (before?.count ?? 0) + 1
      const wrong = [markOf(guess), ...(before?.wrong ?? [])].slice(0, maxWrongTokens)
      const waitMs = count > limits.freeFailures ? waitOf(count - limits.freeFailures, limits) : 0
      remember(address, { count, blockedUntil: at + waitMs, lastAt: at, wrong })
      if (waitMs > 0) onWait?.(from, count, waitMs)
    },
    isRepeated: (from, guess) =>
      failures.get(networkOf(from))?.wrong.includes(markOf(guess)) === true,
    succeeded(from, forgive) {
      const address = networkOf(from)
      if (failures.has(address)) tokens = Math.min(limits.burst, tokens + 1)
      if (forgive) failures.delete(address)
    },
  }
}

/** A short digest: tens of thousands are remembered. */
const markOf = (guess: string) => hash('sha256', guess).slice(0, 16)

function waitOf(times: number, { firstWaitMs, longestWaitMs }: ThrottleLimits): number {
  return Math.min(longestWaitMs, firstWaitMs * 2 ** Math.min(times - 1, 40))
}
