import type { Outcome } from '../google/outcome.ts'
import type { NoKeyReason } from '../keys/types.ts'
import type { ClientSignal } from '../runtime/streams/client-signal.ts'
import type { Answer, StreamEnd } from './answer.ts'

/** The client of a request, as its dialect serves it. */
export interface Receiver {
  readonly signal: ClientSignal
  /** Sends Google's answer, an error included. Resolves when it is complete or cut. */
  deliver(answer: Answer): Promise<StreamEnd>
  /** Answers that there is no key. */
  refuse(reason: NoKeyReason): void
  /** Answers that the last attempt has no answer that the client may see. */
  fail(outcome: Outcome): void
}
