import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { TailBuffer } from './tail-buffer.ts'

const chunks = fc.array(fc.uint8Array({ maxLength: 3000 }).map((bytes) => Buffer.from(bytes)))

test('the last bytes are kept, and no more', () => {
  fc.assert(
    fc.property(chunks, fc.constantFrom(1, 8, 2000), (pushed, most) => {
      const tail = new TailBuffer(most)
      for (const [index, chunk] of pushed.entries()) {
        tail.push(chunk)
        const all = Buffer.concat(pushed.slice(0, index + 1))
        expect(tail.bytes()).toEqual(all.subarray(Math.max(0, all.length - most)))
        expect(tail.last()).toEqual(chunk.subarray(Math.max(0, chunk.length - most)))
      }
    }),
  )
})
