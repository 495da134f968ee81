import type { TokenLimits } from './client-token.ts'
import type { ZoneCalendar } from '../../runtime/time/calendar.ts'
import { RollingMinute } from '../../runtime/time/rolling-minute.ts'

/** A limit that is reached, and when it allows requests again. */
export type ReachedLimit = {
  readonly limit: keyof TokenLimits
  readonly most: number
  /** Undefined where only the end of another request frees capacity. */
  readonly wakesAt: number | undefined
}

/** What a token has used, in the units of its limits. */
export type TokenCounters = {
  readonly requestsThisMinute: number
  readonly requestsToday: number
  readonly tokensThisMinute: number
  readonly tokensToday: number
  readonly running: number
  readonly costThisMonth: number
}

export type EarlierUse = Pick<TokenCounters, 'requestsToday' | 'tokensToday' | 'costThisMonth'>

/** Longest period first: where several limits are reached, the one that lasts longest is named. */
const limitNames = [
  'budgetPerMonth',
  'requestsPerDay',
  'tokensPerDay',
  'requestsPerMinute',
  'tokensPerMinute',
  'concurrent',
] as const satisfies readonly (keyof TokenLimits)[]

/** Counts what one client token uses, in memory. `restore` adds what was used before the start. */
export class TokenMeter {
  readonly #calendar: ZoneCalendar
  readonly #requests = new RollingMinute()
  readonly #tokens = new RollingMinute()
  #running = 0
  #day = 0
  #requestsToday = 0
  #tokensToday = 0
  #month = 0
  #costThisMonth = 0

  constructor(calendar: ZoneCalendar) {
    this.#calendar = calendar
  }

  /** Counts a request, or returns the limit it exceeds. Call `end` for each counted request. */
  begin(limits: TokenLimits, now: number): ReachedLimit | undefined {
    this.#startPeriods(now)
    const reached = this.#reached(limits, now)
    if (reached !== undefined) return reached
    this.#running += 1
    this.#requestsToday += 1
    this.#requests.add(1, now)
    return undefined
  }

  end(): void {
    this.#running -= 1
  }

  add({ tokens, cost }: { readonly tokens: number; readonly cost: number }, now: number): void {
    this.#startPeriods(now)
    this.#tokensToday += tokens
    this.#costThisMonth += cost
    this.#tokens.add(tokens, now)
  }

  restore(earlier: EarlierUse, now: number): void {
    this.#startPeriods(now)
    this.#requestsToday += earlier.requestsToday
    this.#tokensToday += earlier.tokensToday
    this.#costThisMonth += earlier.costThisMonth
  }

  counters(now: number): TokenCounters {
    this.#startPeriods(now)
    return {
      requestsThisMinute: this.#requests.total(now),
      requestsToday: this.#requestsToday,
      tokensThisMinute: this.#tokens.total(now),
      tokensToday: this.#tokensToday,
      running: this.#running,
      costThisMonth: this.#costThisMonth,
    }
  }

  #reached(limits: TokenLimits, now: number): ReachedLimit | undefined {
    for (const limit of limitNames) {
      const most = limits[limit]
      if (most === undefined || this.#used(limit, now) < most) continue
      return { limit, most, wakesAt: this.#wakesAt(limit, most, now) }
    }
    return undefined
  }

  #used(limit: keyof TokenLimits, now: number): number {
    switch (limit) {
      case 'budgetPerMonth':
        return this.#costThisMonth
      case 'requestsPerDay':
        return this.#requestsToday
      case 'tokensPerDay':
        return this.#tokensToday
      case 'requestsPerMinute':
        return this.#requests.total(now)
      case 'tokensPerMinute':
        return this.#tokens.total(now)
      case 'concurrent':
        return this.#running
    }
  }

  #wakesAt(limit: keyof TokenLimits, most: number, now: number): number | undefined {
    switch (limit) {
      case 'budgetPerMonth':
        return this.#calendar.nextMonth(now)
      case 'requestsPerDay':
      case 'tokensPerDay':
        return this.#calendar.nextDay(now)
      case 'requestsPerMinute':
        return this.#requests.fallsBelow(most, now)
      case 'tokensPerMinute':
        return this.#tokens.fallsBelow(most, now)
      case 'concurrent':
        return undefined
    }
  }

  #startPeriods(now: number): void {
    const day = this.#calendar.startOfDay(now)
    if (day === this.#day) return
    this.#day = day
    this.#requestsToday = 0
    this.#tokensToday = 0
    const month = this.#calendar.startOfMonth(now)
    if (month !== this.#month) this.#costThisMonth = 0
    this.#month = month
  }
}
