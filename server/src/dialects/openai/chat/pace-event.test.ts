import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { delayFor, type TextPace } from '../../translate/text-pace.ts'
import type { ChatEvent } from './chat-events.ts'
import { paceEvent } from './pace-event.ts'

const pace: TextPace = { minDelayMs: 16, maxDelayMs: 24, short: 10, long: 50, pieceSize: 5 }
const said = (content: string): ChatEvent => ({ kind: 'delta', choice: 0, delta: { content } })
const textOf = (event: ChatEvent) => (event.kind === 'delta' ? (event.delta.content ?? '') : '')
const texts = (content: string, change: Partial<TextPace> = {}) =>
  paceEvent(said(content), { ...pace, ...change }).map(({ event }) => textOf(event))

describe('the pace of a text', () => {
  test('is slow to ten characters, fast from fifty, and between them falls with the logarithm', () => {
    expect([1, 10].map((length) => delayFor(length, pace))).toEqual([24, 24])
    expect([50, 5000].map((length) => delayFor(length, pace))).toEqual([16, 16])
    expect(delayFor(Math.sqrt(10 * 50), pace)).toBeCloseTo(20)
  })

  test('never counts on its limits being in order', () => {
    const turned = { ...pace, short: 50, long: 10 }
    for (let length = 1; length < 100; length += 1) {
      expect([16, 24]).toContain(delayFor(length, turned))
    }
  })
})

describe('a text', () => {
  test('goes out letter by letter when it is short, in pieces when it is long', () => {
    expect(texts('abc')).toEqual(['a', 'b', 'c'])
    expect(texts('x'.repeat(52))).toEqual([...Array.from({ length: 10 }, () => 'xxxxx'), 'xx'])
    expect(texts('abcdef', { long: 3, pieceSize: 4 })).toEqual(['abcd', 'ef'])
  })

  test('never has a letter torn apart', () => {
    expect(texts('a😀é')).toEqual(['a', '😀', 'é'])
  })

  test('stays whole when it is a picture', () => {
    expect(texts('x'.repeat(20_000))).toHaveLength(1)
  })

  test('says the same in pieces, whatever it is', () => {
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

  test('has what else its delta says said once, at its end', () => {
    const extra_content = { google: { thought_signature: 's' } }
    const event: ChatEvent = { kind: 'delta', choice: 1, delta: { content: 'ab', extra_content } }
    expect(paceEvent(event, pace)).toEqual([
      { event: { kind: 'delta', choice: 1, delta: { content: 'a' } }, delayMs: 24 },
      { event: { kind: 'delta', choice: 1, delta: { content: 'b', extra_content } }, delayMs: 24 },
    ])
  })

  test('is all that waits: calls, reasons and counters do not', () => {
    const events: ChatEvent[] = [
      { kind: 'delta', choice: 0, delta: { role: 'assistant', content: '' } },
      { kind: 'finish', choice: 0, reason: 'stop' },
    ]
    for (const event of events) expect(paceEvent(event, pace)).toEqual([{ event, delayMs: 0 }])
  })
})
