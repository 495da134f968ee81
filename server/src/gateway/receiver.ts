import type { Outcome } from '../google/outcome.ts'
import type { NoKeyReason } from '../keys/types.ts'
import type { AdmissionDenied } from '../auth/clients/admission.ts'
import type { Answer, StreamEnd } from './answer.ts'
import type { ClientSignal } from '../runtime/client-signal.ts'

/** Who waits for the answer: the client, seen through a dialect. */
export interface Receiver {
  readonly signal: ClientSignal
  /** Sends Google's answer, good or bad, in the dialect; resolves when the client has it, or when it ended early. */
  deliver(answer: Answer): Promise<StreamEnd>
  /** No key can be had, or the client may have none. */
  refuse(refusal: NoKeyReason | AdmissionDenied): void
  /** Google gave no answer that could be delivered: `network-failed`, `timed-out`, or an attempt that ended without one. */
  fail(outcome: Outcome): void
}
