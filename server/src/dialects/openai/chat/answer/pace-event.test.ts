import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { delayFor, type TextPace } from '../../../translate/pacing/text-pace.ts'
import type { ChatEvent } from './chat-events.ts'
import { paceEvent } from './pace-event.ts'

const pace: TextPace = { minDelayMs: 16, maxDelayMs: 24, short: 10, long: 50, pieceSize: 5 }
const textEvent = (content: string): ChatEvent => ({ kind: 'delta', choice: 0, delta: { content } })
const textOf = (event: ChatEvent) => (event.kind === 'delta' ? (event.delta.content ?? '') : '')
const texts = (content: string, change: Partial<TextPace> = {}) =>
  paceEvent(textEvent(content), { ...pace, ...change }).map(({ event }) => textOf(event))

describe('the pace of a text', () => {
  test('has the longest delay to ten characters, the shortest from fifty, and is logarithmic between', () => {
    expect([1, 10].map((length) => delayFor(length, pace))).toEqual([24, 24])
    expect([50, 5000].map((length) => delayFor(length, pace))).toEqual([16, 16])
    expect(delayFor(Math.sqrt(10 * 50), pace)).toBeCloseTo(20)
  })

  test('tolerates limits in the wrong order', () => {
    const swapped = { ...pace, short: 50, long: 10 }
    for (let length = 1; length < 100; length += 1) {
      expect([16, 24]).toContain(delayFor(length, swapped))
    }
  })
})

describe('a text', () => {
  test('is split into characters when short, into pieces when long', () => {
    expect(texts('abc')).toEqual(['a', 'b', 'c'])
    expect(texts('x'.repeat(52))).toEqual([...Array.from({ length: 10 }, () => 'xxxxx'), 'xx'])
    expect(texts('abcdef', { long: 3, pieceSize: 4 })).toEqual(['abcd', 'ef'])
  })

  test('is never split within a character', () => {
    expect(texts('a😀é')).toEqual(['a', '😀', 'é'])
  })

  test('is not split when it is as long as an image', () => {
    expect(texts('x'.repeat(20_000))).toHaveLength(1)
  })

  test('is unchanged when its pieces are joined', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 200 }),
        fc.integer({ min: 1, max: 30 }),
        (content, pieceSize) => {
          expect(texts(content, { pieceSize }).join('')).toBe(content)
        },
      ),
    )
  })

  test('has the other fields of its delta on the last piece', () => {
    const extra_content = { google: { thought_signature: 's' } }
    const event: ChatEvent = { kind: 'delta', choice: 1, delta: { content: 'ab', extra_content } }
    expect(paceEvent(event, pace)).toEqual([
      { event: { kind: 'delta', choice: 1, delta: { content: 'a' } }, delayMs: 24 },
      { event: { kind: 'delta', choice: 1, delta: { content: 'b', extra_content } }, delayMs: 24 },
    ])
  })

  test('is delayed; events without text are not', () => {
    const events: ChatEvent[] = [
      { kind: 'delta', choice: 0, delta: { role: 'assistant', content: '' } },
      { kind: 'finish', choice: 0, reason: 'stop' },
    ]
    for (const event of events) expect(paceEvent(event, pace)).toEqual([{ event, delayMs: 0 }])
  })
})
