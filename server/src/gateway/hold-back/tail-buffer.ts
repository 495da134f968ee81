import { joinBuffers } from '../../runtime/streams/join-buffers.ts'

/** Keeps the last bytes of a stream: at least `bytes` of them, in whole chunks. */
export class TailBuffer {
  readonly #bytes: number
  readonly #chunks: Buffer[] = []
  #length = 0

  constructor(bytes: number) {
    this.#bytes = bytes
  }

  push(chunk: Buffer): void {
    this.#chunks.push(chunk)
    this.#length += chunk.length
    for (
      let oldest = this.#chunks[0];
      oldest !== undefined && this.#length - oldest.length >= this.#bytes;
      oldest = this.#chunks[0]
    ) {
      this.#chunks.shift()
      this.#length -= oldest.length
    }
  }

  last(): Buffer | undefined {
    return this.#chunks.at(-1)
  }

  bytes(): Buffer {
    return joinBuffers(this.#chunks)
  }
}
