import { createRandom } from './random.ts'

/** Rates of Google's and the clients' faults. Shares are of calls or requests. */
export type FaultPlan = {
  /** Periods of 20 to 180 s in which a model answers most calls with 503. */
  readonly overloadsPerDay: number
  /** Periods of 5 to 30 s in which no call reaches Google. */
  readonly outagesPerDay: number
  readonly serverErrorShare: number
  readonly timeoutShare: number
  /** A 200 without content. */
  readonly emptyShare: number
  /** Invalid requests. */
  readonly refusedShare: number
  readonly withheldShare: number
  /** Clients that disconnect during a call. */
  readonly abortedShare: number
  /** Errors that no rule matches. */
  readonly unknownShare: number
  /** Periods of 5 to 60 s in which a lane of a paid project answers 429 without a reason. */
  readonly unknown429PerLaneDay: number
}

export const noFaults: FaultPlan = {
  overloadsPerDay: 0,
  outagesPerDay: 0,
  serverErrorShare: 0,
  timeoutShare: 0,
  emptyShare: 0,
  refusedShare: 0,
  withheldShare: 0,
  abortedShare: 0,
  unknownShare: 0,
  unknown429PerLaneDay: 0,
}

export type Period = { readonly from: number; readonly until: number }
export type PeriodPlan = {
  readonly seed: number
  readonly start: number
  readonly durationMs: number
  readonly perDay: number
  readonly shortestMs: number
  readonly longestMs: number
}

const dayMs = 86_400_000

/** Random periods, sorted and not overlapping. */
export function planPeriods(plan: PeriodPlan): readonly Period[] {
  const random = createRandom(plan.seed)
  const periods: Period[] = []
  if (plan.perDay <= 0) return periods
  let at = plan.start
  for (;;) {
    at += (-Math.log(1 - random()) * dayMs) / plan.perDay
    if (at >= plan.start + plan.durationMs) return periods
    const until = at + plan.shortestMs + random() * (plan.longestMs - plan.shortestMs)
    periods.push({ from: at, until })
    at = until
  }
}

/** The period that contains `at` or ended at most `afterMs` before it. A linear search: there are few. */
export function periodAt(
  periods: readonly Period[],
  at: number,
  afterMs: number,
): Period | undefined {
  return periods.find(({ from, until }) => at >= from && at < until + afterMs)
}

export type CallFault =
  | 'server-error'
  | 'timeout'
  | 'empty'
  | 'left'
  | 'refusal-unknown'
  | undefined

/** Faults of a single attempt. */
export function callFault(plan: FaultPlan, uniform: number): CallFault {
  let left = uniform
  const rows = [
    ['server-error', plan.serverErrorShare],
    ['timeout', plan.timeoutShare],
    ['empty', plan.emptyShare],
    ['left', plan.abortedShare],
    ['refusal-unknown', plan.unknownShare],
  ] as const
  for (const [fault, share] of rows) {
    left -= share
    if (left < 0) return fault
  }
  return undefined
}
