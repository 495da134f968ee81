import { limitNames, type LimitName, type LimitOverrides } from '../types.ts'
import type { LearnedLimits } from './limits.ts'

type Tally = Map<number, number>

/**
 * What Google said of the limits of some free projects is the first guess for the same model in the others, once several agree and none
 * differs. Paid projects have tiers that Google does not always name, so nothing is guessed for them.
 */
export type Guesses = { readonly [name in LimitName]: Tally }

const agreeing = 3

export const noGuesses = (): Guesses => ({
  minuteRequests: new Map(),
  minuteTokens: new Map(),
  dayRequests: new Map(),
  dayTokens: new Map(),
})

type Change = {
  readonly paid: boolean | undefined
  readonly before: LearnedLimits | undefined
  readonly after: LearnedLimits | undefined
}

/** Counts what a project's limits are now. Returns whether a guess has changed. */
export function countLimits(guesses: Guesses, { paid, before, after }: Change): boolean {
  if (paid !== false) return false
  let changed = false
  for (const name of limitNames) {
    const [was, is] = [before?.[name]?.limit, after?.[name]?.limit]
    if (was === is) continue
    const guessed = guessIn(guesses[name])
    add(guesses[name], was, -1)
    add(guesses[name], is, 1)
    changed ||= guessed !== guessIn(guesses[name])
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

/** Undefined where nothing is guessed, and where the project is not known to be free. */
export function guessFor(guesses: Guesses, paid: boolean | undefined): LimitOverrides | undefined {
  if (paid !== false) return undefined
  const minuteRequests = guessIn(guesses.minuteRequests)
  const minuteTokens = guessIn(guesses.minuteTokens)
  const dayRequests = guessIn(guesses.dayRequests)
  const dayTokens = guessIn(guesses.dayTokens)
  if ((minuteRequests ?? minuteTokens ?? dayRequests ?? dayTokens) === undefined) return undefined
  return { minuteRequests, minuteTokens, dayRequests, dayTokens }
}
