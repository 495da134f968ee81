import type { Outcome } from '../google/outcome.ts'
import type { NoKeyReason } from '../keys/types.ts'
import type { ClientSignal } from '../runtime/client-signal.ts'
import type { Answer, StreamEnd } from './answer.ts'

/** The client that waits for the answer, seen through its dialect. */
export interface Receiver {
  readonly signal: ClientSignal
  /** Sends Google's answer, good or bad, in the dialect; resolves when the client has it, or when it ended early. */
  deliver(answer: Answer): Promise<StreamEnd>
  /** There is no key for the request. */
  refuse(reason: NoKeyReason): void
  /** Google gave no answer that could be delivered: `network-failed`, `timed-out`, or an attempt that ended without one. */
  fail(outcome: Outcome): void
}
