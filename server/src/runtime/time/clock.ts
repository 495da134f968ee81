/** Time as an argument: the simulation runs a week in a second. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number
  /** Calls `wake` once at or after `at`; returns the function that cancels it. */
  at(at: number, wake: () => void): () => void
}

/** From 0 up to, but not including, 1. */
export type Random = () => number
