import type { Failure } from '../failures.ts'

/** Writes the events of an answer to a client, as a stream or as one body. */
export type Output<Event> = {
  /** Whether any content has been sent. */
  readonly hasBegun: boolean
  /** Returns false when the client is full. */
  emit(events: readonly Event[]): boolean
  /** Sets the listener for when a full client drains. */
  onRoom(resume: () => void): void
  /** Writes the last events and ends the answer. */
  finish(events: readonly Event[]): void
  fail(failure: Failure): void
  close(): void
}
