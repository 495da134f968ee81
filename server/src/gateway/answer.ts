import type { Usage } from '../google/answers/usage-metadata.ts'
import type { Outcome } from '../google/outcome.ts'
import { verdicts } from '../google/verdicts.ts'
import type { Headers } from '../runtime/headers.ts'
import type { Sink } from '../runtime/sink.ts'

/** How the bytes of an answer ended. */
export type StreamEnd =
  | { readonly kind: 'complete' }
  | { readonly kind: 'cut'; readonly cause: Error }

/** Google's answer to one attempt: inspected, and not yet shown to anybody. */
export interface Answer {
  readonly status: number
  readonly headers: Headers
  /** The whole body, when all of it has arrived; undefined while more may come. */
  readonly whole: Buffer | undefined
  /** Sends what is held, then what still comes, as fast as the sink takes it. */
  pipe(sink: Sink): Promise<StreamEnd>
  /** The last bytes that passed. */
  tail(): Buffer
  /** What Google has counted so far. */
  usage(): Usage | undefined
  /** Drops the answer and closes its connection. */
  discard(): void
}

/**
 * Whether the client may see Google's answer as it is. What it says about our keys, projects and quotas stays with us; that a
 * model is unknown or closed concerns the client, and so does a refusal that nobody can explain.
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

/** The outcome of a delivered attempt, now that its last byte has passed, or failed to. */
export function finalOutcome(inspected: Outcome, end: StreamEnd, clientLeft: boolean): Outcome {
  if (end.kind === 'complete') return inspected
  if (clientLeft) return { ...inspected, verdict: 'client-left' }
  return { ...inspected, verdict: 'stream-cut', message: end.cause.message }
}
