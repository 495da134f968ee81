import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createArraySplitter, createSseSplitter, type ChunkSplitter } from './stream-chunks.ts'

/** Feeds the bytes cut at the given places. */
function feed(splitter: ChunkSplitter, bytes: Buffer, cuts: readonly number[]): string[] {
  const places = [...cuts.map((cut) => cut % (bytes.length + 1)), 0, bytes.length].toSorted(
    (a, b) => a - b,
  )
  const chunks: string[] = []
  for (const [index, start] of places.entries()) {
    chunks.push(...splitter.push(bytes.subarray(start, places[index + 1] ?? bytes.length)))
  }
  return [...chunks, ...splitter.flush()]
}

const chunk = fc.record({ text: fc.string({ unit: 'grapheme' }), nested: fc.array(fc.string()) })
const cuts = fc.array(fc.nat())

describe('server-sent events', () => {
  test.each(['\r\n', '\n', '\r'])('come out whole wherever the bytes are cut (%j)', (lineEnd) => {
    fc.assert(
      fc.property(fc.array(chunk), cuts, (chunks, places) => {
        const text = chunks
          .map((one) => `data: ${JSON.stringify(one)}${lineEnd}${lineEnd}`)
          .join('')
        const seen = feed(createSseSplitter(), Buffer.from(text), places)
        expect(seen.map((one) => JSON.parse(one))).toEqual(chunks)
      }),
    )
  })

  test('an event without its final blank line is the rest', () => {
    const splitter = createSseSplitter()
    expect(splitter.push(Buffer.from('data: {"a":1}\r\n\r\ndata: {"b":2}'))).toEqual(['{"a":1}'])
    expect(splitter.flush()).toEqual(['{"b":2}'])
  })

  test('comments and empty events carry nothing', () => {
    expect(createSseSplitter().push(Buffer.from(': keep-alive\n\n\n\ndata: {}\n\n'))).toEqual([
      '{}',
    ])
  })
})

test('the elements of a streamed array come out whole wherever the bytes are cut', () => {
  fc.assert(
    fc.property(fc.array(chunk), cuts, (chunks, places) => {
      const text = `[${chunks.map((one) => JSON.stringify(one, undefined, 2)).join('\n,\r\n')}\n]`
      const seen = feed(createArraySplitter(), Buffer.from(text), places)
      expect(seen.map((one) => JSON.parse(one))).toEqual(chunks)
    }),
  )
})
