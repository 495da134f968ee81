/** Receives the bytes of an answer, with backpressure. */
export interface Sink {
  /** False when it is full: write no more until `onDrain` calls. */
  write(chunk: Buffer): boolean
  onDrain(resume: () => void): void
}
