import { joinBuffers } from '../../runtime/streams/join-buffers.ts'

/** Splits a stream into the JSON texts of its chunks. Bytes may arrive split anywhere, even inside a character. */
export interface ChunkSplitter {
  /** Returns the chunks that these bytes complete. */
  push(bytes: Buffer): string[]
  /** Returns a last event without its blank line, if there is one. */
  flush(): string[]
}

const carriageReturn = 0x0d
const lineFeed = 0x0a

type LineEnd = 'none' | 'lf' | 'cr' | 'lf cr' | 'blank line'

/** The line end that a byte completes, after the line end before it. */
function lineEndAt(before: LineEnd, byte: number | undefined): LineEnd {
  if (byte === lineFeed) return before === 'lf' || before === 'lf cr' ? 'blank line' : 'lf'
  if (byte !== carriageReturn) return 'none'
  if (before === 'lf') return 'lf cr'
  return before === 'none' ? 'cr' : 'blank line'
}

/** Server-sent events: `data:` lines up to a blank line, with any of the three line ends. Each byte is searched once, however it arrives. */
export function createSseSplitter(): ChunkSplitter {
  let pieces: Buffer[] = []
  let lineEnd: LineEnd = 'none'

  function event(lastPiece: Buffer): string[] {
    if (pieces.length === 0) return dataOf(lastPiece)
    pieces.push(lastPiece)
    const whole = joinBuffers(pieces)
    pieces = []
    return dataOf(whole)
  }

  return {
    push(bytes) {
      const chunks: string[] = []
      const nextLineEnd = lineEndFinder(bytes)
      let start = 0
      for (let at = 0; at < bytes.length; at += 1) {
        if (lineEnd === 'none') at = nextLineEnd(at)
        if (at === bytes.length) break
        lineEnd = lineEndAt(lineEnd, bytes[at])
        if (lineEnd !== 'blank line') continue
        lineEnd = 'none'
        for (const data of event(bytes.subarray(start, at + 1))) chunks.push(data)
        start = at + 1
      }
      if (start < bytes.length) pieces.push(bytes.subarray(start))
      return chunks
    },
    flush: () => dataOf(joinBuffers(pieces)),
  }
}

/** Finds the next line feed or carriage return, or the end. The one that is further away is remembered, not searched again. */
function lineEndFinder(bytes: Buffer): (from: number) => number {
  let feed = -1
  let carriage = -1
  const find = (code: number, from: number) => {
    const found = bytes.indexOf(code, from)
    return found === -1 ? bytes.length : found
  }
  return (from) => {
    if (feed < from) feed = find(lineFeed, from)
    if (carriage < from) carriage = find(carriageReturn, from)
    return Math.min(feed, carriage)
  }
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
