import type { Outcome } from '../google/outcome.ts'
import type { Refusal } from '../keys/types.ts'
import type { TokenRefusal } from '../auth/clients/admission.ts'
import type { Answer, Ending } from './answer.ts'
import type { Presence } from '../runtime/client-signal.ts'

/** Who waits for the answer: the client, seen through a dialect. */
export interface Receiver {
  readonly presence: Presence
  /** Sends Google's answer, good or bad, in the dialect; resolves when the client has it, or when it ended early. */
  deliver(answer: Answer): Promise<Ending>
  /** No key can be had, or the client may have none. */
  refuse(refusal: Refusal | TokenRefusal): void
  /** Google gave no answer that could be delivered: `network-failed`, `timed-out`, or an attempt that ended without one. */
  fail(outcome: Outcome): void
}
