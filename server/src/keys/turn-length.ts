import type { Entry } from './entities.ts'

/** Until a day's limit is known: about what Google gives a free and a paid project. */
const freeDay = 20
const paidDay = 2000

/**
 * How far a turn moves an entry back: lanes are used in proportion to what is left of their day, so that a large project that
 * dies or a small one that is spent early takes as little as possible with it.
 */
export function turnLength({ lane, seat }: Entry): number {
  const { limits, dayRequests } = lane.ledger
  const room =
    limits.dayRequests === Infinity
      ? lane.project.paid
        ? paidDay
        : freeDay
      : Math.max(1, limits.dayRequests - dayRequests)
  return freeDay / room / seat.weight
}
