import type { QuotaUnit, QuotaWindow } from '../server/src/google/outcome.ts'
import type { Quota } from './fleet.ts'
import type { LimitsAt } from './limit-changes.ts'
import type { Outside, OutsideCall } from './outside-calls.ts'

const minuteMs = 60_000
/** A call in transit may not count. After this time it has arrived. */
const transitMs = 75

/** A rolling window of a minute, or slightly longer. */
type Window = {
  readonly lengthMs: number
  /** Share of Google's token limit that may be used. */
  readonly tokenShare: number
  head: number
  requests: number
  tokens: number
}

/** The tokens of calls in transit are an estimate, so a fifth of the limit stays unused. */
const conservativeTokenShare = 0.8

export type ExceededQuota = {
  readonly unit: QuotaUnit
  readonly window: QuotaWindow
  readonly limit: number
  readonly returnsAt: number
}

/** What happens to a lane besides our calls. */
export type LaneEvents = {
  readonly limitsAt?: LimitsAt | undefined
  readonly outside?: Outside | undefined
}

/** Google's counters of one lane: the rolling minute, the Pacific day, and calls in transit. */
export class LaneUsage {
  dayUsed = 0
  /** End of the last retryDelay. */
  retryAllowedAt = 0
  /** Calls sent but not yet arrived. */
  transitRequests = 0
  transitTokens = 0
  readonly #arrivals: { at: number; tokens: number }[] = []
  readonly #exact = emptyWindow(minuteMs, 1)
  readonly #stretched: Window
  #dayEnd = 0
  #quota: Quota
  #known: Quota
  #quotaUntil: number
  readonly #limitsAt: LimitsAt | undefined
  readonly #outside: Outside | undefined
  #nextOutside: OutsideCall | undefined

  constructor(quota: Quota, stretchMs: number, { limitsAt, outside }: LaneEvents = {}) {
    this.#quota = quota
    this.#known = quota
    this.#limitsAt = limitsAt
    this.#quotaUntil = limitsAt ? 0 : Infinity
    this.#outside = outside
    this.#takeOutside()
    this.#stretched = emptyWindow(minuteMs + stretchMs, conservativeTokenShare)
  }

  /** The quotas that an arriving call would exceed. */
  exceeded(now: number, dayEnd: number, tokens: number): readonly ExceededQuota[] {
    this.#roll(now, dayEnd)
    return this.#exceeded(now, dayEnd, tokens)
  }

  #exceeded(now: number, dayEnd: number, tokens: number): readonly ExceededQuota[] {
    const { requestsPerMinute, tokensPerMinute, requestsPerDay } = this.#quota
    const exceeded: ExceededQuota[] = []
    if (this.dayUsed >= requestsPerDay) {
      exceeded.push({ unit: 'requests', window: 'day', limit: requestsPerDay, returnsAt: dayEnd })
    }
    if (this.#exact.requests >= requestsPerMinute) {
      const returnsAt = this.#opensAt(this.#exact, now, 0)
      exceeded.push({ unit: 'requests', window: 'minute', limit: requestsPerMinute, returnsAt })
    }
    if (this.#exact.tokens + tokens > tokensPerMinute) {
      const returnsAt = this.#opensAt(this.#exact, now, tokens)
      exceeded.push({ unit: 'input-tokens', window: 'minute', limit: tokensPerMinute, returnsAt })
    }
    return exceeded
  }

  count(now: number, tokens: number): void {
    this.dayUsed += 1
    this.#arrivals.push({ at: now, tokens })
    for (const window of [this.#exact, this.#stretched]) {
      window.requests += 1
      window.tokens += tokens
    }
  }

  /** The earliest time, from `now`, at which a call may be accepted; `dayEnd` if the day is exhausted. */
  opensAt(now: number, dayEnd: number, tokens: number): number {
    this.#roll(now, dayEnd)
    const opensAt =
      this.#dayOpensAt(this.#quota, now, dayEnd) ?? this.#opensAt(this.#exact, now, tokens)
    return this.#orAtChange(opensAt, now)
  }

  /**
   * Like `opensAt`, but only counts room that a policy could know of: with a longer minute, fewer tokens, and after the last
   * retryDelay.
   */
  conservativeOpensAt(now: number, dayEnd: number, tokens: number): number {
    this.#roll(now, dayEnd)
    const minuteOpensAt = () => this.#opensAt(this.#stretched, now, tokens)
    const opensAt =
      this.#dayOpensAt(this.#known, now, dayEnd) ?? Math.max(this.retryAllowedAt, minuteOpensAt())
    return this.#orAtChange(opensAt, now)
  }

  /** New limits may open a lane sooner. */
  #orAtChange(opensAt: number, now: number): number {
    return opensAt > now ? Math.min(opensAt, this.#quotaUntil) : opensAt
  }

  /** 0 for an unused lane, 1 for an exhausted one; less by what others will spend today, so that it is used before they do. */
  dayUsedShare(now: number, dayEnd: number): number {
    this.#roll(now, dayEnd)
    const used = this.dayUsed + this.transitRequests - (this.#outside?.toCome(now) ?? 0)
    return used / this.#quota.requestsPerDay
  }

  #opensAt(window: Window, now: number, tokens: number): number {
    const quota = window === this.#exact ? this.#quota : this.#known
    const { requestsPerMinute } = quota
    const tokensPerMinute = quota.tokensPerMinute * window.tokenShare
    if (tokens > tokensPerMinute) return Infinity
    let requests = window.requests + this.transitRequests
    let used = window.tokens + this.transitTokens
    let opensAt = now
    for (let index = window.head; index < this.#arrivals.length; index += 1) {
      if (requests < requestsPerMinute && used + tokens <= tokensPerMinute) break
      const arrival = this.#arrivals[index]
      if (arrival === undefined) break
      requests -= 1
      used -= arrival.tokens
      opensAt = arrival.at + window.lengthMs
    }
    const fits = requests < requestsPerMinute && used + tokens <= tokensPerMinute
    return fits ? opensAt : now + transitMs
  }

  /** Undefined if the day is not exhausted. */
  #dayOpensAt({ requestsPerDay }: Quota, now: number, dayEnd: number): number | undefined {
    if (this.dayUsed >= requestsPerDay) return dayEnd
    return this.dayUsed + this.transitRequests >= requestsPerDay ? now + transitMs : undefined
  }

  #roll(now: number, dayEnd: number): void {
    for (let call = this.#nextOutside; call && call.at <= now; call = this.#nextOutside) {
      this.#rollTo(call.at, call.dayEnd)
      const fits = this.#exceeded(call.at, call.dayEnd, call.tokens).length === 0
      if (fits) this.count(call.at, call.tokens)
      this.#takeOutside()
    }
    this.#rollTo(now, dayEnd)
  }

  #takeOutside(): void {
    const next = this.#outside?.calls.next()
    this.#nextOutside = next?.done === false ? next.value : undefined
  }

  #rollTo(now: number, dayEnd: number): void {
    if (this.#limitsAt && now >= this.#quotaUntil) {
      const { quota, known, until } = this.#limitsAt(now)
      this.#quota = quota
      this.#known = known
      this.#quotaUntil = until
    }
    if (dayEnd !== this.#dayEnd) {
      this.#dayEnd = dayEnd
      this.dayUsed = 0
    }
    this.#forget(this.#exact, now)
    this.#forget(this.#stretched, now)
    if (this.#stretched.head > 64 && this.#stretched.head * 2 > this.#arrivals.length) {
      const dropped = this.#stretched.head
      this.#arrivals.splice(0, dropped)
      this.#exact.head -= dropped
      this.#stretched.head = 0
    }
  }

  #forget(window: Window, now: number): void {
    for (;;) {
      const arrival = this.#arrivals[window.head]
      if (arrival === undefined || arrival.at + window.lengthMs > now) return
      window.head += 1
      window.requests -= 1
      window.tokens -= arrival.tokens
    }
  }
}

function emptyWindow(lengthMs: number, tokenShare: number): Window {
  return { lengthMs, tokenShare, head: 0, requests: 0, tokens: 0 }
}
