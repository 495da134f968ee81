import type { Usage } from '../google/answers/usage-metadata.ts'
import type { Outcome } from '../google/outcome.ts'
import { verdicts } from '../google/verdicts.ts'
import type { Headers } from '../runtime/streams/headers.ts'
import type { Sink } from '../runtime/streams/sink.ts'

/** How the bytes of an answer ended. */
export type StreamEnd =
  | { readonly kind: 'complete' }
  | { readonly kind: 'cut'; readonly cause: Error }

/** Google's answer to one attempt: inspected and held, not yet sent to the client. */
export interface Answer {
  readonly status: number
  readonly headers: Headers
  /** The complete body, once it has arrived. */
  readonly whole: Buffer | undefined
  /** Writes the held bytes, then the rest as it arrives, with backpressure. */
  pipe(sink: Sink): Promise<StreamEnd>
  /** The last bytes received. */
  tail(): Buffer
  /** The token usage received so far. */
  usage(): Usage | undefined
  /** Drops the answer and closes its connection if it is still open. */
  discard(): void
}

/**
 * Whether the client may see Google's answer. Errors about keys, projects and quotas are hidden; errors about the model
 * and unknown refusals are not.
 */
export function mayShowClient({ verdict }: Outcome): boolean {
  switch (verdict) {
    case 'model-closed':
    case 'model-not-found':
    case 'refusal-unknown':
      return true
    default: {
      const { blame } = verdicts[verdict]
      return blame !== 'key' && blame !== 'project' && blame !== 'lane'
    }
  }
}

/** The outcome of a delivered attempt, after its last byte. */
export function finalOutcome(inspected: Outcome, end: StreamEnd, clientLeft: boolean): Outcome {
  if (end.kind === 'complete') return inspected
  if (clientLeft) return { ...inspected, verdict: 'client-left' }
  return { ...inspected, verdict: 'stream-cut', message: end.cause.message }
}
