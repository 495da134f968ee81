import { noLimits, type Limits } from './limits.ts'
import type { ZoneCalendar } from '../../runtime/time/calendar.ts'

const windowMs = 60_000
const exactBuckets = 32
const mergeMs = 250

/** What one lane sent in a moment. Calls share a bucket only when a lane is busy, so that a minute needs fewer than 300. */
export type Bucket = {
  readonly startedAt: number
  /** When Google has forgotten it. */
  until: number
  requests: number
  tokens: number
  answered: number
}

/** What `correct` needs to find a call again. */
export type RecordedCall = {
  readonly bucket: Bucket
  readonly dayEnd: number
  readonly tokens: number
}

export type Correction = { readonly requests: number; readonly tokens: number }

export type Calendar = {
  readonly pacific: Pick<ZoneCalendar, 'nextDay'>
  readonly guardMs: () => number
}

/** Counts what a lane sent in the rolling minute and in the Pacific day, and tells when the next call fits. */
export class Ledger {
  limits: Limits = noLimits
  minuteRequests = 0
  minuteTokens = 0
  minuteAnswered = 0
  dayRequests = 0
  dayTokens = 0
  dayAnswered = 0
  dayEnd = 0
  readonly #calendar: Calendar
  #buckets: Bucket[] = []

  constructor(calendar: Calendar) {
    this.#calendar = calendar
  }

  /** How many buckets it holds. */
  get moments(): number {
    return this.#buckets.length
  }

  /** Records a call that leaves now. */
  record(now: number, tokens: number): RecordedCall {
    this.roll(now)
    const bucket = this.#bucketFor(now)
    bucket.requests += 1
    bucket.tokens += tokens
    this.minuteRequests += 1
    this.minuteTokens += tokens
    this.dayRequests += 1
    this.dayTokens += tokens
    return { bucket, dayEnd: this.dayEnd, tokens }
  }

  /** Corrects a recorded call: tokens as Google counted them, or all of it when Google did not count it. */
  correct(call: RecordedCall, { requests, tokens }: Correction): void {
    if (this.#buckets.includes(call.bucket)) {
      call.bucket.requests += requests
      call.bucket.tokens += tokens
      this.minuteRequests += requests
      this.minuteTokens += tokens
    }
    if (call.dayEnd === this.dayEnd) {
      this.dayRequests = Math.max(0, this.dayRequests + requests)
      this.dayTokens = Math.max(0, this.dayTokens + tokens)
    }
  }

  /** Records that Google answered a recorded call. */
  answer(call: RecordedCall): void {
    if (this.#buckets.includes(call.bucket)) {
      call.bucket.answered += 1
      this.minuteAnswered += 1
    }
    if (call.dayEnd === this.dayEnd) this.dayAnswered += 1
  }

  /** Google says that the day is exhausted. */
  spendDay(unit: 'dayRequests' | 'dayTokens', limit: number): void {
    this[unit] = Math.max(this[unit], limit)
  }

  /** Starts counting again. */
  forget(): void {
    this.#buckets.length = 0
    this.minuteRequests = 0
    this.minuteTokens = 0
    this.minuteAnswered = 0
    this.dayEnd = 0
  }

  /** Adds what another ledger of the same lane counted. */
  absorb(other: Ledger, now: number): void {
    this.roll(now)
    other.roll(now)
    if (other.minuteRequests > 0) {
      const bucket = this.#bucketFor(now)
      bucket.requests += other.minuteRequests
      bucket.tokens += other.minuteTokens
      this.minuteRequests += other.minuteRequests
      this.minuteTokens += other.minuteTokens
    }
    this.dayRequests += other.dayRequests
    this.dayTokens += other.dayTokens
  }

  /** Puts back what was counted before a restart. */
  restore(now: number, counted: LedgerCounts): void {
    this.roll(now)
    if (counted.minuteUntil > now && counted.minuteRequests > 0) {
      this.#buckets.push({
        startedAt: now,
        until: Math.min(counted.minuteUntil, now + this.#windowMs()),
        requests: counted.minuteRequests,
        tokens: counted.minuteTokens,
        answered: 0,
      })
      this.minuteRequests += counted.minuteRequests
      this.minuteTokens += counted.minuteTokens
    }
    if (counted.dayEnd !== this.dayEnd) return
    this.dayRequests += counted.dayRequests
    this.dayTokens += counted.dayTokens
  }

  counts(now: number): LedgerCounts {
    this.roll(now)
    return {
      minuteRequests: this.minuteRequests,
      minuteTokens: this.minuteTokens,
      minuteUntil: this.#buckets.at(-1)?.until ?? 0,
      dayRequests: this.dayRequests,
      dayTokens: this.dayTokens,
      dayEnd: this.dayEnd,
    }
  }

  /** When a call of so many tokens fits; Infinity when it is larger than a limit by itself. */
  opensAt(now: number, tokens: number, limits: Limits = this.limits): number {
    this.roll(now)
    const { dayRequests, dayTokens, minuteRequests, minuteTokens } = limits
    if (tokens > minuteTokens || tokens > dayTokens || dayRequests < 1 || minuteRequests < 1) {
      return Infinity
    }
    if (this.dayRequests >= dayRequests || this.dayTokens + tokens > dayTokens) return this.dayEnd
    return this.#minuteOpensAt(now, tokens, limits)
  }

  /** Input tokens that fit now, as far as limits are known. */
  tokensLeft(now: number): number {
    this.roll(now)
    const { minuteTokens, dayTokens } = this.limits
    return Math.min(minuteTokens - this.minuteTokens, dayTokens - this.dayTokens)
  }

  /** When more tokens are left by time alone; Infinity when none will be. */
  moreTokensAt(): number {
    if (this.limits.minuteTokens !== Infinity && this.minuteTokens > 0) {
      return this.#buckets[0]?.until ?? Infinity
    }
    return this.limits.dayTokens !== Infinity && this.dayTokens > 0 ? this.dayEnd : Infinity
  }

  roll(now: number): void {
    for (let first = this.#buckets[0]; first && first.until <= now; first = this.#buckets[0]) {
      this.minuteRequests -= first.requests
      this.minuteTokens -= first.tokens
      this.minuteAnswered -= first.answered
      this.#buckets.shift()
    }
    if (now < this.dayEnd) return
    // With the guard too: a call that leaves before our midnight may arrive after Google's.
    const guardMs = this.#calendar.guardMs()
    this.dayEnd = this.#calendar.pacific.nextDay(now - guardMs) + guardMs
    this.dayRequests = 0
    this.dayTokens = 0
    this.dayAnswered = 0
  }

  #minuteOpensAt(now: number, tokens: number, limits: Limits): number {
    let requests = this.minuteRequests
    let used = this.minuteTokens
    let opensAt = now
    for (const bucket of this.#buckets) {
      if (requests < limits.minuteRequests && used + tokens <= limits.minuteTokens) return opensAt
      requests -= bucket.requests
      used -= bucket.tokens
      opensAt = bucket.until
    }
    return opensAt
  }

  #windowMs(): number {
    return windowMs + this.#calendar.guardMs()
  }

  #bucketFor(now: number): Bucket {
    const until = now + this.#windowMs()
    const last = this.#buckets.at(-1)
    if (last && this.#buckets.length >= exactBuckets && now - last.startedAt < mergeMs) {
      // The bucket now lives as long as its last call: never too early, at most 250 ms late.
      last.until = until
      return last
    }
    const bucket = { startedAt: now, until, requests: 0, tokens: 0, answered: 0 }
    // An array that starts by `push` reserves 17 places; most lanes never need them.
    if (this.#buckets.length === 0) this.#buckets = [bucket]
    else this.#buckets.push(bucket)
    return bucket
  }
}

export type LedgerCounts = {
  readonly minuteRequests: number
  readonly minuteTokens: number
  readonly minuteUntil: number
  readonly dayRequests: number
  readonly dayTokens: number
  readonly dayEnd: number
}
