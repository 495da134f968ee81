/** Joins buffers; a single one is returned as it is, not copied. */
export function joinBuffers(chunks: readonly Buffer[]): Buffer {
  const [only] = chunks
  return only !== undefined && chunks.length === 1 ? only : Buffer.concat(chunks)
}
