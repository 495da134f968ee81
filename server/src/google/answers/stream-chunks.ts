/** Splits a stream into the JSON texts of its chunks. Bytes may arrive split anywhere, even inside a character. */
export interface ChunkSplitter {
  /** Returns the chunks that these bytes complete. */
  push(bytes: Buffer): string[]
  /** Returns a last event without its blank line, if there is one. */
  flush(): string[]
}

const carriageReturn = 0x0d
const lineFeed = 0x0a

/** Server-sent events: `data:` lines up to a blank line, with any of the three line ends. */
export function createSseSplitter(): ChunkSplitter {
  let pending: Buffer = Buffer.alloc(0)

  return {
    push(bytes) {
      pending = pending.length === 0 ? bytes : Buffer.concat([pending, bytes])
      const chunks: string[] = []
      for (let end = endOfEvent(pending); end !== undefined; end = endOfEvent(pending)) {
        chunks.push(...dataOf(pending.subarray(0, end)))
        pending = pending.subarray(end)
      }
      return chunks
    },
    flush: () => dataOf(pending),
  }
}

/** Offset after the first blank line. */
function endOfEvent(bytes: Buffer): number | undefined {
  for (let at = bytes.indexOf(lineFeed); at !== -1; at = bytes.indexOf(lineFeed, at + 1)) {
    if (bytes[at + 1] === lineFeed) return at + 2
    if (bytes[at + 1] === carriageReturn && bytes[at + 2] === lineFeed) return at + 3
  }
  const bare = bytes.indexOf('\r\r')
  return bare === -1 ? undefined : bare + 2
}

function dataOf(event: Buffer): string[] {
  const data = event
    .toString('utf8')
    .split(/\r\n|\n|\r/)
    .filter((line) => line.startsWith('data:'))
    .map((line) => line.slice('data:'.length).trim())
    .join('\n')
  return data === '' ? [] : [data]
}

const quote = 0x22
const backslash = 0x5c
const openBrace = 0x7b
const closeBrace = 0x7d

/** A streamed JSON array, in which each object is a chunk. */
export function createArraySplitter(): ChunkSplitter {
  let element: Buffer[] = []
  let depth = 0
  let inString = false
  let isEscaped = false

  return {
    push(bytes) {
      const chunks: string[] = []
      let start = depth === 0 ? -1 : 0
      for (let at = 0; at < bytes.length; at += 1) {
        const byte = bytes[at]
        if (inString) {
          if (isEscaped) isEscaped = false
          else if (byte === backslash) isEscaped = true
          else if (byte === quote) inString = false
        } else if (byte === quote) inString = true
        else if (byte === openBrace) {
          if (depth === 0) start = at
          depth += 1
        } else if (byte === closeBrace) {
          depth -= 1
          if (depth > 0) continue
          element.push(bytes.subarray(start, at + 1))
          chunks.push(Buffer.concat(element).toString('utf8'))
          element = []
          start = -1
        }
      }
      if (start !== -1) element.push(bytes.subarray(start))
      return chunks
    },
    flush: () => [],
  }
}
