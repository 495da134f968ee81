import { createRandom } from './random.ts'

/** How often what goes wrong. Shares are of calls or requests, all about Google's own troubles and the clients'. */
export type FaultPlan = {
  /** Spells of 20 to 180 s in which a model answers most calls with 503. */
  readonly overloadsPerDay: number
  /** Spells of 5 to 30 s in which nothing reaches Google. */
  readonly outagesPerDay: number
  readonly serverErrorShare: number
  readonly timeoutShare: number
  /** A 200 without content. */
  readonly emptyShare: number
  /** Requests that Google refuses as they are written. */
  readonly refusedShare: number
  readonly withheldShare: number
  /** Clients that leave during a call. */
  readonly leftShare: number
  /** Refusals that no rule describes. */
  readonly unknownShare: number
  /** Spells of 5 to 60 s in which a lane of a paid project answers 429 without saying why. */
  readonly bare429PerLaneDay: number
}

export const noFaults: FaultPlan = {
  overloadsPerDay: 0,
  outagesPerDay: 0,
  serverErrorShare: 0,
  timeoutShare: 0,
  emptyShare: 0,
  refusedShare: 0,
  withheldShare: 0,
  leftShare: 0,
  unknownShare: 0,
  bare429PerLaneDay: 0,
}

export type Spell = { readonly from: number; readonly until: number }
export type SpellPlan = {
  readonly seed: number
  readonly start: number
  readonly durationMs: number
  readonly perDay: number
  readonly shortestMs: number
  readonly longestMs: number
}

const dayMs = 86_400_000

/** Spells at random times, in order, none overlapping the next. */
export function planSpells(plan: SpellPlan): readonly Spell[] {
  const random = createRandom(plan.seed)
  const spells: Spell[] = []
  if (plan.perDay <= 0) return spells
  let at = plan.start
  for (;;) {
    at += (-Math.log(1 - random()) * dayMs) / plan.perDay
    if (at >= plan.start + plan.durationMs) return spells
    const until = at + plan.shortestMs + random() * (plan.longestMs - plan.shortestMs)
    spells.push({ from: at, until })
    at = until
  }
}

/** The spell that covers a moment or that ended at most `afterMs` before it. Spells are few, so they are simply looked through. */
export function spellAt(spells: readonly Spell[], at: number, afterMs: number): Spell | undefined {
  return spells.find(({ from, until }) => at >= from && at < until + afterMs)
}

export type CallFault =
  | 'server-error'
  | 'timeout'
  | 'empty'
  | 'left'
  | 'refusal-unknown'
  | undefined

/** What goes wrong with one attempt by itself. */
export function callFault(plan: FaultPlan, uniform: number): CallFault {
  let left = uniform
  const rows = [
    ['server-error', plan.serverErrorShare],
    ['timeout', plan.timeoutShare],
    ['empty', plan.emptyShare],
    ['left', plan.leftShare],
    ['refusal-unknown', plan.unknownShare],
  ] as const
  for (const [fault, share] of rows) {
    left -= share
    if (left < 0) return fault
  }
  return undefined
}
