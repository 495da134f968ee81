import type { Lane, LaneTable, Writable } from '../inventory/entities.ts'
import { ignoreGuess, setOutside } from './lane.ts'

// A guess, and what others seem to use, close a lane only as long as nothing speaks against it. When no lane is ready, one call at a
// time goes beyond: if Google answers, the lane has more room than was supposed; if not, the next one waits longer.

type Fields = Writable<LaneTable>

const callsBetween = 50
const firstMs = 3000
const longestMs = 10 * 60_000

/** Whether the limits of a lane are lower than what is known. */
export const isCautious = ({ ledger, knownLimits }: Lane): boolean => ledger.limits !== knownLimits

export function mayGoBeyond({ order, beyond }: LaneTable, now: number): boolean {
  return order >= beyond.afterOrder || now >= beyond.at
}

/** A call goes beyond now: the next one waits for its outcome, or longer after each refusal. */
export function startBeyond(table: Fields, now: number): void {
  const { refusals, cursor } = table.beyond
  table.beyond = {
    cursor: cursor + 1,
    refusals: refusals + 1,
    afterOrder: table.order + callsBetween * (refusals + 1),
    at: now + Math.min(longestMs, firstMs * 2 ** refusals),
  }
}

/** Google answered: the lane gets more room, faster each time, and the next call may go beyond at once. */
export function widen(lane: Lane): void {
  const table: Fields = lane.table
  table.beyond = { cursor: table.beyond.cursor, refusals: 0, afterOrder: 0, at: 0 }
  if (lane.outside > 0) setOutside(lane, Math.floor(lane.outside / 2))
  else ignoreGuess(lane)
}

/** The next place to look for a lane, so that all get their turn. */
export function advanceCursor(table: Fields, by: number): void {
  table.beyond = { ...table.beyond, cursor: table.beyond.cursor + by }
}
