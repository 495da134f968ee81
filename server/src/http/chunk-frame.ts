/** A chunk of chunked transfer encoding, in one piece of memory. */
export function chunkFrame(chunk: Buffer): Buffer {
  const size = chunk.length.toString(16)
  const start = size.length + 2
  const frame = Buffer.allocUnsafe(start + chunk.length + 2)
  frame.write(`${size}\r\n`, 'latin1')
  chunk.copy(frame, start)
  frame.write('\r\n', start + chunk.length, 'latin1')
  return frame
}
