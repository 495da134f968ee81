/** Time and chance as arguments, so that a simulation can run a week in a second. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number
  /** Calls `wake` once at or after `at`; returns the cancel. */
  at(at: number, wake: () => void): () => void
}

export type Random = () => number
