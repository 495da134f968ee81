import type { VerdictName } from '../server/src/google/verdicts.ts'

/** Why a request ended without an answer. */
export type Failure = { readonly why: string; readonly avoidable: boolean }

/** Counters of one day. */
export class DayTally {
  requests = 0
  answers = 0
  /** Invalid requests, refused by Google. */
  refusedRequests = 0
  left = 0
  calls = 0
  trials = 0
  /** Calls of the first two minutes after the start, and those of them that were wasted. */
  readonly early = { calls: 0, wasted: 0 }
  readonly wasted = new Map<VerdictName, number>()
  readonly failures = new Map<string, number>()
  /** Errors to clients while a lane had room for the request. */
  readonly avoidable = new Map<string, number>()
  readonly waits = new Histogram()

  fail({ why, avoidable }: Failure): void {
    add(this.failures, why)
    if (avoidable) add(this.avoidable, why)
  }

  waste(verdict: VerdictName): void {
    add(this.wasted, verdict)
  }
}

function add<T>(counts: Map<T, number>, name: T): void {
  counts.set(name, (counts.get(name) ?? 0) + 1)
}

export function total(counts: ReadonlyMap<unknown, number>): number {
  let sum = 0
  for (const count of counts.values()) sum += count
  return sum
}

const perDoubling = 16

/** Milliseconds, in buckets 4 % wide. */
export class Histogram {
  readonly #counts: number[] = []
  #total = 0

  add(ms: number): void {
    const step = ms < 1 ? 0 : 1 + Math.floor(Math.log2(ms) * perDoubling)
    this.#counts[step] = (this.#counts[step] ?? 0) + 1
    this.#total += 1
  }

  merge(other: Histogram): void {
    for (const [step, count] of other.#counts.entries()) {
      this.#counts[step] = (this.#counts[step] ?? 0) + (count ?? 0)
    }
    this.#total += other.#total
  }

  quantile(share: number): number {
    let left = share * this.#total
    for (const [step, count] of this.#counts.entries()) {
      left -= count ?? 0
      if (left <= 0 && this.#total > 0) return step === 0 ? 0 : 2 ** (step / perDoubling)
    }
    return 0
  }
}
