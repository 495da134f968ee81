import { type Sink } from '../runtime/sink.ts'
import type { Usage } from '../google/answers/usage-metadata.ts'
import type { Headers } from '../runtime/headers.ts'

/** How the bytes of an answer ended. */
export type StreamEnd =
  | { readonly kind: 'complete' }
  | { readonly kind: 'cut'; readonly cause: Error }

/** What Google answered to one attempt: judged, but not yet shown to anybody. */
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
  /** Drops the answer and closes what it came through. */
  discard(): void
}
