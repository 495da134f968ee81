/** Where the bytes of an answer go. */
export interface Sink {
  /** Takes the next bytes; false when it is full and `onDrain` will tell. */
  write(chunk: Buffer): boolean
  onDrain(resume: () => void): void
}
