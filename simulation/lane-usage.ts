import type { QuotaUnit, QuotaWindow } from '../server/src/google/outcome.ts'
import type { Quota } from './fleet.ts'

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

/** Google's counters of one lane: the rolling minute, the Pacific day, and calls in transit. */
export class LaneUsage {
  readonly quota: Quota
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

  constructor(quota: Quota, stretchMs: number) {
    this.quota = quota
    this.#stretched = emptyWindow(minuteMs + stretchMs, conservativeTokenShare)
  }

  /** The quotas that an arriving call would exceed. */
  exceeded(now: number, dayEnd: number, tokens: number): readonly ExceededQuota[] {
    this.#roll(now, dayEnd)
    const { requestsPerMinute, tokensPerMinute, requestsPerDay } = this.quota
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

  /** The earliest time, from `now`, at which a call is accepted; `dayEnd` if the day is exhausted. */
  opensAt(now: number, dayEnd: number, tokens: number): number {
    this.#roll(now, dayEnd)
    return this.#dayOpensAt(now, dayEnd) ?? this.#opensAt(this.#exact, now, tokens)
  }

  /**
   * Like `opensAt`, but only counts room that a policy could know of: with a longer minute, fewer tokens, and after the last
   * retryDelay.
   */
  conservativeOpensAt(now: number, dayEnd: number, tokens: number): number {
    this.#roll(now, dayEnd)
    const dayOpensAt = this.#dayOpensAt(now, dayEnd)
    return dayOpensAt ?? Math.max(this.retryAllowedAt, this.#opensAt(this.#stretched, now, tokens))
  }

  /** 0 for an unused lane, 1 for an exhausted one. */
  dayUsedShare(now: number, dayEnd: number): number {
    this.#roll(now, dayEnd)
    return (this.dayUsed + this.transitRequests) / this.quota.requestsPerDay
  }

  #opensAt(window: Window, now: number, tokens: number): number {
    const { requestsPerMinute } = this.quota
    const tokensPerMinute = this.quota.tokensPerMinute * window.tokenShare
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
  #dayOpensAt(now: number, dayEnd: number): number | undefined {
    const { requestsPerDay } = this.quota
    if (this.dayUsed >= requestsPerDay) return dayEnd
    return this.dayUsed + this.transitRequests >= requestsPerDay ? now + transitMs : undefined
  }

  #roll(now: number, dayEnd: number): void {
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
