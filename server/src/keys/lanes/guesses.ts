import { limitNames, type LimitName, type LimitOverrides } from '../types.ts'
import type { LearnedLimits } from './limits.ts'

type Tally = Map<number, number>
type TierTally = { readonly [name in LimitName]: Tally }

/**
 * What Google said of one project's limits is the first guess for the same model in other projects of the tier, once several agree and
 * none differs.
 */
export type Guesses = {
  readonly free: TierTally
  readonly paid: TierTally
}

const agreeing = 3

const tierTally = (): TierTally => ({
  minuteRequests: new Map(),
  minuteTokens: new Map(),
  dayRequests: new Map(),
  dayTokens: new Map(),
})

export const noGuesses = (): Guesses => ({ free: tierTally(), paid: tierTally() })

type Change = {
  readonly paid: boolean | undefined
  readonly before: LearnedLimits | undefined
  readonly after: LearnedLimits | undefined
}

/** Counts what a project's limits are now. Returns whether a guess has changed. */
export function countLimits(guesses: Guesses, { paid, before, after }: Change): boolean {
  if (paid === undefined) return false
  const tier = paid ? guesses.paid : guesses.free
  let changed = false
  for (const name of limitNames) {
    const [was, is] = [before?.[name]?.limit, after?.[name]?.limit]
    if (was === is) continue
    const guessed = guessIn(tier[name])
    add(tier[name], was, -1)
    add(tier[name], is, 1)
    changed ||= guessed !== guessIn(tier[name])
  }
  return changed
}

function add(tally: Tally, limit: number | undefined, by: 1 | -1): void {
  if (limit === undefined) return
  const count = (tally.get(limit) ?? 0) + by
  if (count > 0) tally.set(limit, count)
  else tally.delete(limit)
}

function guessIn(tally: Tally): number | undefined {
  if (tally.size !== 1) return undefined
  for (const [limit, projects] of tally) if (projects >= agreeing) return limit
  return undefined
}

/** Undefined where nothing is guessed, or where the tier of the project is not known. */
export function guessFor(guesses: Guesses, paid: boolean | undefined): LimitOverrides | undefined {
  if (paid === undefined) return undefined
  const tier = paid ? guesses.paid : guesses.free
  const minuteRequests = guessIn(tier.minuteRequests)
  const minuteTokens = guessIn(tier.minuteTokens)
  const dayRequests = guessIn(tier.dayRequests)
  const dayTokens = guessIn(tier.dayTokens)
  if ((minuteRequests ?? minuteTokens ?? dayRequests ?? dayTokens) === undefined) return undefined
  return { minuteRequests, minuteTokens, dayRequests, dayTokens }
}
