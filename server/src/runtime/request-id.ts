import { randomBytes } from 'node:crypto'

/** Every answer has it, and the logs know it. A client's own id is neither taken nor passed on. */
export const requestIdHeader = 'x-request-id'

const process = randomBytes(4).toString('hex')
let count = 0
let stamp = { at: 0, text: '' }

/** Unique. Ids grow with time, so that an index over them is written at its end: random ids cost the request log two thirds more. */
export function newRequestId(now: number): string {
  count = (count + 1) % 10_000_000
  if (stamp.at !== now) stamp = { at: now, text: now.toString(36) }
  return `${stamp.text}-${process}-${String(count).padStart(7, '0')}`
}
