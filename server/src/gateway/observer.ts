import type { Usage } from '../google/answers/usage-metadata.ts'
import type { Outcome } from '../google/outcome.ts'
import type { LaneStatus } from '../keys/lane-status.ts'
import type { Reservation } from '../keys/types.ts'
import type { GatewayRequest } from './request.ts'

/** Told of what the gateway does, on the path of the request: none may wait or throw. */
export type GatewayObserver = {
  attempted?(report: AttemptReport): void
  /** A request waited for a key. */
  waited?(durationMs: number, end: WaitEnd): void
}

export type WaitEnd = 'served' | 'refused' | 'left'

/** One attempt, when its answer has reached the client or was dropped. */
export type AttemptReport = {
  readonly request: GatewayRequest
  readonly number: number
  readonly reservation: Reservation
  readonly startedAt: number
  readonly durationMs: number
  readonly firstByteMs: number | undefined
  readonly outcome: Outcome
  /** The lane's status after the outcome was known. */
  readonly standing: LaneStatus | undefined
  /** Of an answer that was delivered. */
  readonly usage: Usage | undefined
}
