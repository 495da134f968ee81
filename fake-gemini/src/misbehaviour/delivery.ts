/** How an answer is sent. */
export type Delivery = {
  /** Number of text pieces in a stream. */
  pieces: number
  delayMs: number
  chunkDelayMs: number
  /** Send the first event again and again, with a pause after each. */
  tickMs?: number
  /** Destroy the socket after this many events. */
  cutAfter?: number
  /** Send an error event after this many events, then end. */
  errorAfter?: number
  /** Send nothing after this many events and never end. */
  hangAfter?: number
  /** Flush a few bytes at a time, splitting characters and events. */
  splitBytes: boolean
  finalBlankLine: boolean
}

export const defaultDelivery: Delivery = {
  pieces: 4,
  delayMs: 0,
  chunkDelayMs: 0,
  splitBytes: false,
  finalBlankLine: true,
}
