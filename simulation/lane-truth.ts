import type { QuotaUnit, QuotaWindow } from '../server/src/google/outcome.ts'
import type { Quota } from './fleet.ts'

const minuteMs = 60_000
/** Calls on their way may turn out not to count; by then they have arrived. */
const transitMs = 75

/** Something counted over the last minute, or over a little more than that. */
type Window = {
  readonly lengthMs: number
  /** Of the tokens that Google allows. */
  readonly tokenShare: number
  head: number
  requests: number
  tokens: number
}

/** Tokens of calls under way are an estimate, so a fifth of the minute's tokens never counts as free. */
const sureShare = 0.8

export type Violated = {
  readonly unit: QuotaUnit
  readonly window: QuotaWindow
  readonly limit: number
  readonly returnsAt: number
}

/** Google's own books of one lane: what arrived in the rolling minute and in the Pacific day, and what is on its way. */
export class LaneTruth {
  readonly quota: Quota
  dayUsed = 0
  /** Until when Google has told those who call to stay away. */
  toldToWaitUntil = 0
  /** Calls that have left and not arrived. A policy that knows everything counts them. */
  transitRequests = 0
  transitTokens = 0
  readonly #arrivals: { at: number; tokens: number }[] = []
  readonly #exact = freshWindow(minuteMs, 1)
  readonly #stretched: Window
  #dayEnd = 0

  constructor(quota: Quota, stretchMs: number) {
    this.quota = quota
    this.#stretched = freshWindow(minuteMs + stretchMs, sureShare)
  }

  /** What an arriving call would break. */
  violated(now: number, dayEnd: number, tokens: number): readonly Violated[] {
    this.#roll(now, dayEnd)
    const { requestsPerMinute, tokensPerMinute, requestsPerDay } = this.quota
    const violated: Violated[] = []
    if (this.dayUsed >= requestsPerDay) {
      violated.push({ unit: 'requests', window: 'day', limit: requestsPerDay, returnsAt: dayEnd })
    }
    if (this.#exact.requests >= requestsPerMinute) {
      const returnsAt = this.#opensAt(this.#exact, now, 0)
      violated.push({ unit: 'requests', window: 'minute', limit: requestsPerMinute, returnsAt })
    }
    if (this.#exact.tokens + tokens > tokensPerMinute) {
      const returnsAt = this.#opensAt(this.#exact, now, tokens)
      violated.push({ unit: 'input-tokens', window: 'minute', limit: tokensPerMinute, returnsAt })
    }
    return violated
  }

  count(now: number, tokens: number): void {
    this.dayUsed += 1
    this.#arrivals.push({ at: now, tokens })
    for (const window of [this.#exact, this.#stretched]) {
      window.requests += 1
      window.tokens += tokens
    }
  }

  /** When a call that leaves at `now` or later is sure to be let in; `now` if at once, `dayEnd` if not today. */
  opensAt(now: number, dayEnd: number, tokens: number): number {
    this.#roll(now, dayEnd)
    return this.#dayOpensAt(now, dayEnd) ?? this.#opensAt(this.#exact, now, tokens)
  }

  /**
   * Like `opensAt`, beyond doubt: had the rolling minute been a little longer, so that it has been there for a while,
   * and not while the lane does as Google told it.
   */
  lastinglyOpensAt(now: number, dayEnd: number, tokens: number): number {
    this.#roll(now, dayEnd)
    const dayOpensAt = this.#dayOpensAt(now, dayEnd)
    return dayOpensAt ?? Math.max(this.toldToWaitUntil, this.#opensAt(this.#stretched, now, tokens))
  }

  /** 0 for a lane that is new today, 1 for one that is spent. */
  daySpent(now: number, dayEnd: number): number {
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

  /** Undefined while the day is not exhausted. */
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

function freshWindow(lengthMs: number, tokenShare: number): Window {
  return { lengthMs, tokenShare, head: 0, requests: 0, tokens: 0 }
}
