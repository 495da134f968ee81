import type { ActiveReservation, Key, Lane, Project } from '../inventory/entities.ts'
import type { Outcome } from '../../google/outcome.ts'

/** One settled attempt: who made it and how it ended. */
export type Settlement = {
  readonly reservation: ActiveReservation
  readonly lane: Lane
  readonly key: Key
  readonly project: Project
  readonly outcome: Outcome
  readonly now: number
}
