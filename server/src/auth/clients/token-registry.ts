import { hash, timingSafeEqual } from 'node:crypto'
import type { BegunCall } from './admission.ts'
import type { ZoneCalendar } from '../../runtime/time/calendar.ts'
import { allowsModel, tokenIdOf, type ClientToken, type TokenLimits } from './client-token.ts'
import type { TokenProblem } from './token-problem.ts'
import { TokenMeter, type EarlierUse, type TokenCounters } from './token-meter.ts'

/** An authenticated client. `id` identifies its token in logs without revealing it. */
export type Caller = {
  readonly id: string
  readonly isAdmin: boolean
  /** Undefined when the token may be used with this dialect now. */
  problem(dialect: string, now: number): TokenProblem | undefined
  mayUse(model: string): boolean
}

export type TokenCall = { readonly caller: string; readonly model: string }
export type TokenUse = {
  readonly caller: string
  readonly tokens: number
  readonly cost: number
  readonly at: number
}

/** The valid client tokens, by their digests, and what each has used. All in memory. */
export type TokenRegistry = {
  /** Finds the caller by any of the credentials; undefined when none is known. */
  identify(credentials: readonly string[]): Caller | undefined
  /** Replaces the tokens, and the admin token, which has no limits. Tokens that stay keep their counters. */
  set(tokens: readonly ClientToken[], adminToken: string): void
  /** Counts a request, or says why it is refused. */
  begin(call: TokenCall, now: number): BegunCall
  /** Adds what a request used. */
  recordUse(use: TokenUse): void
  /** Adds what a token used before the start. */
  restore(id: string, earlier: EarlierUse, now: number): void
  counters(id: string, now: number): TokenCounters | undefined
}

type KnownToken = {
  readonly digest: Buffer
  readonly caller: Caller
  readonly token: ClientToken | undefined
  readonly meter: TokenMeter
  readonly release: () => void
}

const unlimited: BegunCall = { ok: true, release: () => {} }

const limitLabels: Readonly<Record<keyof TokenLimits, string>> = {
  requestsPerMinute: 'requests per minute',
  requestsPerDay: 'requests per day',
  tokensPerMinute: 'tokens per minute',
  tokensPerDay: 'tokens per day',
  concurrent: 'requests at a time',
  budgetPerMonth: 'budget per month',
}

/** Verified tokens are found by their text. V8 hashes strings with a random seed, so the lookup time reveals nothing. */
const maxVerified = 1000

export function createTokenRegistry(calendar: ZoneCalendar): TokenRegistry {
  let byDigest = new Map<string, KnownToken>()
  let verified = new Map<string, KnownToken>()
  let byId = new Map<string, KnownToken>()

  return {
    identify(credentials) {
      for (const credential of credentials) {
        if (credential === '') continue
        const known = verified.get(credential)
        if (known !== undefined) return known.caller
        const digest = digestOf(credential)
        // The lookup is by digest, which a client cannot control; the final comparison takes constant time.
        const found = byDigest.get(digest.toString('latin1'))
        if (found === undefined || !timingSafeEqual(found.digest, digest)) continue
        if (verified.size >= maxVerified) verified.clear()
        verified.set(credential, found)
        return found.caller
      }
      return undefined
    },

    set(tokens, adminToken) {
      const known = tokens.map((token) => {
        const digest = Buffer.from(token.digest, 'hex')
        const meter = byId.get(tokenIdOf(token.digest))?.meter ?? new TokenMeter(calendar)
        return knownToken(token, digest, meter)
      })
      // First, so that a client token of the same value replaces it: a client's token must not give admin rights.
      if (adminToken !== '') known.unshift(knownAdmin(digestOf(adminToken), calendar))
      verified = new Map()
      byDigest = new Map(known.map((one) => [one.digest.toString('latin1'), one]))
      byId = new Map(known.map((one) => [one.caller.id, one]))
    },

    begin({ caller, model }, now) {
      const known = byId.get(caller)
      if (known?.token === undefined) return unlimited
      if (model !== '' && !allowsModel(known.token, model)) {
        return { ok: false, denied: { kind: 'token-forbids', model } }
      }
      const reached = known.meter.begin(known.token.limits, now)
      if (reached === undefined) return { ok: true, release: known.release }
      const { limit, most, wakesAt } = reached
      return {
        ok: false,
        denied: { kind: 'token-spent', limit: limitLabels[limit], most, wakesAt },
      }
    },

    recordUse: ({ caller, tokens, cost, at }) => byId.get(caller)?.meter.add({ tokens, cost }, at),
    restore: (id, earlier, now) => byId.get(id)?.meter.restore(earlier, now),
    counters: (id, now) => byId.get(id)?.meter.counters(now),
  }
}

function knownToken(token: ClientToken, digest: Buffer, meter: TokenMeter): KnownToken {
  const { enabled, expiresAt = Infinity, allowedDialects } = token
  const caller: Caller = {
    id: tokenIdOf(token.digest),
    isAdmin: false,
    problem(dialect, now) {
      if (!enabled) return 'disabled'
      if (now >= expiresAt) return 'expired'
      const mayUse = allowedDialects === undefined || allowedDialects.some((one) => one === dialect)
      return mayUse ? undefined : 'dialect'
    },
    mayUse: (model) => allowsModel(token, model),
  }
  return { digest, token, meter, caller, release: () => meter.end() }
}

function knownAdmin(digest: Buffer, calendar: ZoneCalendar): KnownToken {
  const caller: Caller = {
    id: tokenIdOf(digest.toString('hex')),
    isAdmin: true,
    problem: () => undefined,
    mayUse: () => true,
  }
  return { digest, token: undefined, meter: new TokenMeter(calendar), caller, release: () => {} }
}

function digestOf(token: string): Buffer {
  return hash('sha256', token, 'buffer')
}
