import type { Outcome } from '../../google/outcome.ts'
import type { Usage } from '../../google/answers/usage-metadata.ts'

/**
 * Reads an answer while it is held back, and says when enough has been seen.
 * Once `push` or `end` has returned an outcome, neither is called again.
 */
export interface Inspector {
  push(chunk: Buffer): Outcome | undefined
  end(): Outcome
  /** What Google counted, where the judge came to read it. */
  usage?(): Usage | undefined
  /** How usage is read from the last bytes of an answer; as Google writes it when not given. */
  readonly readUsage?: (bytes: Buffer) => Usage | undefined
}
