import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { TailBuffer } from './tail-buffer.ts'

test('the last bytes are kept in whole chunks, and no chunk more than needed', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ maxLength: 12 })), (texts) => {
      const tail = new TailBuffer(8)
      const chunks = texts.map((text) => Buffer.from(text))
      for (const chunk of chunks) tail.push(chunk)
      const kept = tail.bytes()
      const all = Buffer.concat(chunks)
      expect(all.subarray(all.length - kept.length)).toEqual(kept)
      expect(kept.length).toBeGreaterThanOrEqual(Math.min(8, all.length))
      const longest = Math.max(0, ...chunks.map(({ length }) => length))
      expect(kept.length).toBeLessThan(8 + Math.max(1, longest))
      expect(tail.last()).toBe(chunks.at(-1))
    }),
  )
})
