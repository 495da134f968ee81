import type { Usage } from '../../google/answers/usage-metadata.ts'
import type { Outcome } from '../../google/outcome.ts'

/** Reads an answer while it is held back. After `push` or `end` has returned an outcome, neither is called again. */
export interface Inspector {
  /** The outcome, as soon as enough bytes have arrived. */
  push(chunk: Buffer): Outcome | undefined
  /** The outcome of a complete answer. */
  end(): Outcome
  /** Usage, if the inspector has already parsed it. */
  usage?(): Usage | undefined
  /** Reads usage from the last bytes of an answer; default: Gemini's `usageMetadata`. */
  readonly readUsage?: (bytes: Buffer) => Usage | undefined
}

export type InspectorDeps = {
  /** Removes secrets from Google's error texts. */
  readonly scrub: (text: string) => string
}
