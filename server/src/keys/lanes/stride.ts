import type { Candidate } from '../inventory/entities.ts'

/** Until a day's limit is known: about what Google gives a free project. Paid lanes always count as this, so that they are not preferred. */
const unknownDay = 20

/**
 * How far a turn moves a candidate back: lanes are used in proportion to what is left of their day, so that a large
 * project that dies or a small one that is exhausted early costs as little capacity as possible.
 */
export function strideOf({ lane, group }: Candidate): number {
  const { limits, dayRequests } = lane.ledger
  const isKnown = limits.dayRequests !== Infinity && lane.project.paid !== true
  const left = isKnown ? Math.max(1, limits.dayRequests - dayRequests) : unknownDay
  return unknownDay / left / group.weight
}
