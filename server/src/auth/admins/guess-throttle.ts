import { hash } from 'node:crypto'
import { isIPv6 } from 'node:net'

export type ThrottleLimits = {
  /** Failures of an address that cost it nothing: people mistype. */
  readonly free: number
  /** The wait after the first failure that is not free; it doubles with each further one. */
  readonly firstWaitMs: number
  readonly longestWaitMs: number
  /** An address without failures for so long is as good as new. */
  readonly forgetMs: number
  /** Addresses that are remembered. */
  readonly addresses: number
  /** Guesses by all addresses that failed before: so many at once, and so many a second. */
  readonly burst: number
  readonly perSecond: number
}

/** For the admin token where admins come in. */
export const loginLimits: ThrottleLimits = {
  free: 10,
  firstWaitMs: 1000,
  longestWaitMs: 15 * 60_000,
  forgetMs: 24 * 3_600_000,
  addresses: 10_000,
  burst: 60,
  perSecond: 1,
}

/** For the admin token among the tokens of clients, where one that is misconfigured tries again and again. */
export const clientLimits: ThrottleLimits = {
  ...loginLimits,
  free: 100,
  longestWaitMs: 1000,
  forgetMs: 10 * 60_000,
  burst: 200,
  perSecond: 5,
}

/** An answer for a guess, without which it may not be looked at. */
export type Permit = { readonly ok: true } | { readonly ok: false; readonly retryAfterMs: number }

/**
 * Slows down who guesses a token. An address that fails waits, longer each time. All that have failed share a bound besides; and where
 * more addresses fail than can be remembered, so do those nobody remembers. An address that never failed is looked at always, until then.
 */
export type GuessThrottle = {
  /** Whether a guess of this address may be looked at now. What was let through must be told of by one of the two below. */
  permit(address: string): Permit
  failed(address: string, guess: string): void
  /** Whether this guess of this address was wrong just now: that tells nobody anything new, and is counted once. */
  isRepeated(address: string, guess: string): boolean
  /** Gives back what the permit took. Only a person who logs in makes an address as good as new: scripts come too often. */
  succeeded(address: string, forgive: boolean): void
}

export type ThrottleDeps = {
  readonly now: () => number
  /** Told of each wait that begins. */
  readonly onWait?: (address: string, failures: number, waitMs: number) => void
}

type Failures = {
  readonly count: number
  readonly blockedUntil: number
  readonly lastAt: number
  /** Digests of the latest wrong guesses. */
  readonly wrong: readonly string[]
}

/** As many programs with a wrong token as one address may have. */
const mostRepeated = 4

export function createGuessThrottle(
  { now, onWait }: ThrottleDeps,
  limits = loginLimits,
): GuessThrottle {
  // In the order of their last failure.
  const failures = new Map<string, Failures>()
  let crowdedUntil = 0
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
    if (failures.size <= limits.addresses || oldest === undefined) return
    const forgotten = failures.get(oldest)
    failures.delete(oldest)
    // Until it would have been forgotten anyway, a stranger may be one who failed.
    crowdedUntil = Math.max(crowdedUntil, (forgotten?.lastAt ?? 0) + limits.forgetMs)
  }

  return {
    permit(from) {
      const at = now()
      refill(at)
      const one = known(networkOf(from), at)
      if (one !== undefined && one.blockedUntil > at)
        return { ok: false, retryAfterMs: one.blockedUntil - at }
      if (one === undefined && at >= crowdedUntil) return { ok: true }
      if (tokens < 1) return { ok: false, retryAfterMs: ((1 - tokens) / limits.perSecond) * 1000 }
      tokens -= 1
      return { ok: true }
    },
    failed(from, guess) {
      const at = now()
      const address = networkOf(from)
      const before = known(address, at)
      const count = (before?.count ?? 0) + 1
      const wrong = [hash('sha256', guess), ...(before?.wrong ?? [])].slice(0, mostRepeated)
      const waitMs = count > limits.free ? waitOf(count - limits.free, limits) : 0
      remember(address, { count, blockedUntil: at + waitMs, lastAt: at, wrong })
      if (waitMs > 0) onWait?.(from, count, waitMs)
    },
    isRepeated: (from, guess) =>
      failures.get(networkOf(from))?.wrong.includes(hash('sha256', guess)) === true,
    succeeded(from, forgive) {
      const address = networkOf(from)
      if (failures.has(address)) tokens = Math.min(limits.burst, tokens + 1)
      if (forgive) failures.delete(address)
    },
  }
}

function waitOf(times: number, { firstWaitMs, longestWaitMs }: ThrottleLimits): number {
  return Math.min(longestWaitMs, firstWaitMs * 2 ** Math.min(times - 1, 40))
}

/** Whoever has one address of IPv6 has the rest of its network of 64 bits. */
function networkOf(address: string): string {
  if (!isIPv6(address)) return address
  const [head = '', tail] = address.split('::')
  const left = head === '' ? [] : head.split(':')
  if (tail === undefined) return left.slice(0, 4).map(plain).join(':')
  const right = tail === '' ? [] : tail.split(':')
  const zeros = Array.from({ length: Math.max(0, 8 - left.length - right.length) }, () => '0')
  return [...left, ...zeros, ...right].slice(0, 4).map(plain).join(':')
}

const plain = (group: string) => group.replace(/^0+(?=.)/, '')
