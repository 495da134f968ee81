import type { Range } from './json-scanner.ts'

/** Bytes put in place of a range; a range without length is an insertion. */
export type Edit = Range & { readonly pieces: readonly Buffer[] }

/**
 * The body with its edits, as pieces to be sent one after the other. What no edit touches is the client's own memory, not a copy. Without
 * edits the body is returned as it came.
 */
export function applyEdits(body: Buffer, edits: readonly Edit[]): readonly Buffer[] {
  if (edits.length === 0) return [body]
  const pieces: Buffer[] = []
  let at = 0
  for (const { start, end, pieces: inserted } of edits.toSorted((a, b) => a.start - b.start)) {
    if (start < at) throw new RangeError(`Edits overlap at byte ${start}.`)
    if (start > at) pieces.push(body.subarray(at, start))
    pieces.push(...inserted)
    at = end
  }
  if (at < body.length) pieces.push(body.subarray(at))
  return pieces
}
