const none = Buffer.alloc(0)
const firstBytes = 1024

/**
 * Keeps the last bytes of a stream. From the second chunk on they are copied into one block of memory: to keep the chunks
 * themselves would move each of them to the old generation before it becomes garbage.
 */
export class TailBuffer {
  readonly #most: number
  #first: Buffer | undefined
  #block = none
  /** Where the kept bytes begin and end in the block. */
  #start = 0
  #end = 0
  #lastLength = 0

  constructor(most: number) {
    this.#most = most
  }

  push(chunk: Buffer): void {
    if (this.#end === 0 && this.#first === undefined) {
      this.#first = chunk
      return
    }
    if (this.#first !== undefined) {
      this.#copy(this.#first)
      this.#first = undefined
    }
    this.#copy(chunk)
  }

  /** The last chunk, or its end. */
  last(): Buffer {
    return this.#first === undefined
      ? this.#block.subarray(this.#end - this.#lastLength, this.#end)
      : this.#endOf(this.#first)
  }

  bytes(): Buffer {
    return this.#first === undefined
      ? this.#block.subarray(this.#start, this.#end)
      : this.#endOf(this.#first)
  }

  #endOf(chunk: Buffer): Buffer {
    return chunk.length > this.#most ? chunk.subarray(chunk.length - this.#most) : chunk
  }

  #copy(chunk: Buffer): void {
    const kept = this.#endOf(chunk)
    this.#makeRoom(kept.length)
    kept.copy(this.#block, this.#end)
    this.#end += kept.length
    this.#start = Math.max(this.#start, this.#end - this.#most)
    this.#lastLength = kept.length
  }

  /** Moves the kept bytes to the beginning, into a larger block while twice the limit is not reached. */
  #makeRoom(length: number): void {
    if (this.#end + length <= this.#block.length) return
    const kept = this.#block.subarray(
      Math.max(this.#start, this.#end + length - this.#most),
      this.#end,
    )
    const needed = kept.length + length
    if (needed * 2 > this.#block.length && this.#block.length < this.#most * 2) {
      this.#block = Buffer.allocUnsafeSlow(
        Math.min(this.#most * 2, Math.max(firstBytes, needed * 2)),
      )
    }
    kept.copy(this.#block)
    this.#start = 0
    this.#end = kept.length
  }
}
