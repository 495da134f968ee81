import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createArraySplitter, createSseSplitter, type ChunkSplitter } from './stream-chunks.ts'

/** Feeds the bytes, split at the given offsets. */
function feed(splitter: ChunkSplitter, bytes: Buffer, cuts: readonly number[]): string[] {
  const offsets = [...cuts.map((cut) => cut % (bytes.length + 1)), 0, bytes.length].toSorted(
    (a, b) => a - b,
  )
  const chunks: string[] = []
  for (const [index, start] of offsets.entries()) {
    chunks.push(...splitter.push(bytes.subarray(start, offsets[index + 1] ?? bytes.length)))
  }
  return [...chunks, ...splitter.flush()]
}

const chunk = fc.record({ text: fc.string({ unit: 'grapheme' }), nested: fc.array(fc.string()) })
const cuts = fc.array(fc.nat())

describe('server-sent events', () => {
  test.each(['\r\n', '\n', '\r'])(
    'are split correctly wherever the bytes are cut (%j)',
    (lineEnd) => {
      fc.assert(
        fc.property(fc.array(chunk), cuts, (chunks, offsets) => {
          const text = chunks
            .map((one) => `data: ${JSON.stringify(one)}${lineEnd}${lineEnd}`)
            .join('')
          const read = feed(createSseSplitter(), Buffer.from(text), offsets)
          expect(read.map((one) => JSON.parse(one))).toEqual(chunks)
        }),
      )
    },
  )

  test('flush returns an event without its final blank line', () => {
    const splitter = createSseSplitter()
    expect(splitter.push(Buffer.from('data: {"a":1}\r\n\r\ndata: {"b":2}'))).toEqual(['{"a":1}'])
    expect(splitter.flush()).toEqual(['{"b":2}'])
  })

  test('comments and empty events are skipped', () => {
    expect(createSseSplitter().push(Buffer.from(': keep-alive\n\n\n\ndata: {}\n\n'))).toEqual([
      '{}',
    ])
  })
})

test('a streamed array is split into its elements wherever the bytes are cut', () => {
  fc.assert(
    fc.property(fc.array(chunk), cuts, (chunks, offsets) => {
      const text = `[${chunks.map((one) => JSON.stringify(one, undefined, 2)).join('\n,\r\n')}\n]`
      const read = feed(createArraySplitter(), Buffer.from(text), offsets)
      expect(read.map((one) => JSON.parse(one))).toEqual(chunks)
    }),
  )
})
