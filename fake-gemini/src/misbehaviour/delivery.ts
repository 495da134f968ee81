/** How an answer travels. The defaults are a well-behaved server. */
export type Delivery = {
  /** Pieces of text in a stream. */
  pieces: number
  delayMs: number
  chunkDelayMs: number
  /** Destroy the socket after so many events. */
  cutAfter?: number
  /** Send an error event after so many events, then end. */
  errorAfter?: number
  /** Go silent after so many events and never end. */
  hangAfter?: number
  /** Flush a few bytes at a time, through the middle of characters and events. */
  splitBytes: boolean
  finalBlankLine: boolean
}

export const politeDelivery: Delivery = {
  pieces: 4,
  delayMs: 0,
  chunkDelayMs: 0,
  splitBytes: false,
  finalBlankLine: true,
}
