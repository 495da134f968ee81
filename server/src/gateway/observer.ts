import type { Usage } from '../google/answers/usage-metadata.ts'
import type { Outcome } from '../google/outcome.ts'
import type { LaneStatus } from '../keys/lane-status.ts'
import type { Reservation } from '../keys/types.ts'
import type { GatewayRequest } from './request.ts'

/** Called on the request's path: implementations must not wait or throw. */
export type GatewayObserver = {
  attempted?(report: AttemptReport): void
  /** Called when a wait for a key ends. */
  waited?(durationMs: number, end: WaitEnd): void
}

export type WaitEnd = 'served' | 'refused' | 'left'

/** One attempt, after its answer was delivered or dropped. */
export type AttemptReport = {
  readonly request: GatewayRequest
  readonly number: number
  readonly reservation: Reservation
  readonly startedAt: number
  readonly durationMs: number
  readonly firstByteMs: number | undefined
  readonly outcome: Outcome
  /** The lane's status after the outcome was settled. */
  readonly laneStatus: LaneStatus | undefined
  /** Set for delivered answers. */
  readonly usage: Usage | undefined
}
