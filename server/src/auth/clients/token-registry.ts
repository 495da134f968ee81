import { hash, timingSafeEqual } from 'node:crypto'
import type { BegunCall } from './admission.ts'
import type { ZoneCalendar } from '../../runtime/calendar.ts'
import { allowsModel, tokenIdOf, type ClientToken, type TokenLimits } from './client-token.ts'
import type { TokenProblem } from './token-problem.ts'
import { TokenMeter, type EarlierUse, type TokenUse } from './token-meter.ts'

/** Somebody who may call. `id` names a token in logs without telling anything of it. */
export type Caller = {
  readonly id: string
  readonly isAdmin: boolean
  /** Undefined when this dialect may be spoken now. */
  problem(dialect: string, now: number): TokenProblem | undefined
  mayUse(model: string): boolean
}

export type Call = { readonly caller: string; readonly model: string }
export type Spending = {
  readonly caller: string
  readonly tokens: number
  readonly cost: number
  readonly at: number
}

/** The client tokens in force, by their digests only, and what each has used. Nothing here waits for a database. */
export type TokenRegistry = {
  /** Who sends this request, by any of the places a credential may be in; undefined when nobody we know. An empty token is nobody. */
  identify(credentials: readonly string[]): Caller | undefined
  /** The tokens from now on, and the admin token, which has no limits. What those that stay have used is kept. */
  set(tokens: readonly ClientToken[], adminToken: string): void
  /** Counts a call of a token, or says why it may not be made. */
  begin(call: Call, now: number): BegunCall
  /** Counts what a call cost. */
  spend(spending: Spending): void
  /** Tells what a token used before this start. */
  remember(id: string, earlier: EarlierUse, now: number): void
  use(id: string, now: number): TokenUse | undefined
}

type Known = {
  readonly digest: Buffer
  readonly caller: Caller
  readonly token: ClientToken | undefined
  readonly meter: TokenMeter
  readonly release: () => void
}

const free: BegunCall = { ok: true, release: () => {} }

const words: Readonly<Record<keyof TokenLimits, string>> = {
  requestsPerMinute: 'requests per minute',
  requestsPerDay: 'requests per day',
  tokensPerMinute: 'tokens per minute',
  tokensPerDay: 'tokens per day',
  concurrent: 'requests at a time',
  budgetPerMonth: 'budget per month',
}

/** Tokens that were believed once are found by their text from then on. V8 hashes texts with a seed of this process: time tells nothing of them. */
const mostBelieved = 1000

export function createTokenRegistry(calendar: ZoneCalendar): TokenRegistry {
  let byDigest = new Map<string, Known>()
  let believed = new Map<string, Known>()
  let byId = new Map<string, Known>()

  return {
    identify(credentials) {
      for (const credential of credentials) {
        if (credential === '') continue
        const before = believed.get(credential)
        if (before !== undefined) return before.caller
        const digest = digestOf(credential)
        // The look-up goes by digest, which nobody can steer; the comparison that decides takes constant time.
        const found = byDigest.get(digest.toString('latin1'))
        if (found === undefined || !timingSafeEqual(found.digest, digest)) continue
        if (believed.size >= mostBelieved) believed.clear()
        believed.set(credential, found)
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
      // First, so that a client token of the same value takes its place: what a client has opens no admin's door.
      if (adminToken !== '') known.unshift(knownAdmin(digestOf(adminToken), calendar))
      believed = new Map()
      byDigest = new Map(known.map((one) => [one.digest.toString('latin1'), one]))
      byId = new Map(known.map((one) => [one.caller.id, one]))
    },

    begin({ caller, model }, now) {
      const known = byId.get(caller)
      if (known?.token === undefined) return free
      if (model !== '' && !allowsModel(known.token, model)) {
        return { ok: false, denied: { kind: 'token-forbids', model } }
      }
      const reached = known.meter.begin(known.token.limits, now)
      if (reached === undefined) return { ok: true, release: known.release }
      const { limit, most, wakesAt } = reached
      return { ok: false, denied: { kind: 'token-spent', limit: words[limit], most, wakesAt } }
    },

    spend: ({ caller, tokens, cost, at }) => byId.get(caller)?.meter.spend({ tokens, cost }, at),
    remember: (id, earlier, now) => byId.get(id)?.meter.remember(earlier, now),
    use: (id, now) => byId.get(id)?.meter.use(now),
  }
}

function knownToken(token: ClientToken, digest: Buffer, meter: TokenMeter): Known {
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

function knownAdmin(digest: Buffer, calendar: ZoneCalendar): Known {
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
