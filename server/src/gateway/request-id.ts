import { randomBytes } from 'node:crypto'

const process = randomBytes(4).toString('hex')
let count = 0

/**
 * A name for a request that no other has. Names grow with time, so that an index over them is written at its end: random ones cost the request
 * log two thirds more.
 */
export function newRequestId(now: number): string {
  count = (count + 1) % 2_176_782_336
  return `${now.toString(36)}-${process}-${count.toString(36).padStart(6, '0')}`
}
