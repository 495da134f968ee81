import type { Failure } from '../failures.ts'

/** Where the events of an answer go: a client's stream, or its whole answer. */
export type Output<Event> = {
  /** Whether the client has seen anything of the answer yet. */
  readonly hasBegun: boolean
  /** Takes the next events; false when the client is full. */
  emit(events: readonly Event[]): boolean
  /** Calls back when a client that was full has room again. One listener: the last one given. */
  onRoom(resume: () => void): void
  /** These are the last events. */
  finish(events: readonly Event[]): void
  fail(failure: Failure): void
  close(): void
}
