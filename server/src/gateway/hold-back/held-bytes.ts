import { joinBuffers } from '../../runtime/streams/join-buffers.ts'

/** An answer longer than this is never empty, so nothing more is held back. */
export const holdBackBytes = 256 * 1024

/** Collects the chunks of an answer. */
export function createHeldBytes() {
  const chunks: Buffer[] = []
  let length = 0
  return {
    /** Whether the hold-back limit is exceeded with this chunk. */
    add(chunk: Buffer): boolean {
      chunks.push(chunk)
      length += chunk.length
      return length > holdBackBytes
    },
    bytes: () => joinBuffers(chunks),
  }
}
