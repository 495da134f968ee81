import type { Outcome } from '../keys/outcome.ts'

/**
 * Reads an answer while it is held back, and says when enough has been seen.
 * Once `push` or `end` has returned an outcome, neither is called again.
 */
export interface Judge {
  push(chunk: Buffer): Outcome | undefined
  end(): Outcome
}
