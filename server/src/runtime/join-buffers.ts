/** One buffer of several; a single one is itself, not a copy. */
export function joinBuffers(chunks: readonly Buffer[]): Buffer {
  const [only] = chunks
  return only !== undefined && chunks.length === 1 ? only : Buffer.concat(chunks)
}
