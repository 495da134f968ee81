import { expect, test } from 'vitest'
import { createEventBus } from './event-bus.ts'
import { createEventWriter } from './event-writer.ts'

/** A reader that takes some writes, and then none until `readOn`. */
function setUp(takes: number, limit: number) {
  const read: string[] = []
  let left = takes
  let resume = () => {}
  const writer = createEventWriter(
    {
      write(text) {
        read.push(text)
        left -= 1
        return left > 0
      },
      onDrain: (drained) => (resume = drained),
    },
    limit,
  )
  const readOn = (count: number) => {
    left = count
    resume()
  }
  return { read, writer, readOn }
}

const event = (number: number) => ({ kind: 'job', data: { number } })
const numbers = (read: readonly string[]) =>
  read.map((text) => Number(/"(?:number|count)":(\d+)/.exec(text)?.[1]))

test('events are written as server-sent events', () => {
  const { read, writer } = setUp(10, 10)
  writer.write({ kind: 'job', data: { text: 'a\nb' } })
  writer.keepAlive()
  expect(read).toEqual(['event: job\ndata: {"text":"a\\nb"}\n\n', ': \n\n'])
})

test('a slow reader gets the queued events, then the number of dropped ones, then new ones', () => {
  const { read, writer, readOn } = setUp(2, 3)
  for (let number = 1; number <= 9; number += 1) writer.write(event(number))
  writer.keepAlive()
  expect(numbers(read)).toEqual([1, 2])
  readOn(100)
  writer.write(event(10))
  expect(numbers(read)).toEqual([1, 2, 3, 4, 5, 4, 10])
  expect(read[5]).toBe('event: dropped\ndata: {"count":4}\n\n')
})

test('events keep their order: those that come while a reader catches up are dropped', () => {
  const { read, writer, readOn } = setUp(1, 2)
  for (let number = 1; number <= 4; number += 1) writer.write(event(number))
  readOn(1)
  writer.write(event(5))
  expect(numbers(read)).toEqual([1, 2])
  readOn(100)
  expect(numbers(read)).toEqual([1, 2, 3, 2])
})

test('a bus calls its subscribers until they unsubscribe', () => {
  const bus = createEventBus()
  const seen: string[] = []
  expect(bus.hasSubscribers()).toBe(false)
  const stop = bus.subscribe(({ kind }) => seen.push(kind))
  bus.publish('one', {})
  expect(bus.hasSubscribers()).toBe(true)
  stop()
  bus.publish('two', {})
  expect(seen).toEqual(['one'])
})

test('moments are RFC 3339, and one that never comes is null', () => {
  const { read, writer } = setUp(9, 9)
  const data = { at: 0, until: Infinity, lanes: [{ overloadedUntil: 1000 }], state: 1 }
  writer.write({ kind: 'engine', data })
  expect(read.join('')).toContain(
    JSON.stringify({
      at: '1970-01-01T00:00:00.000Z',
      until: null,
      lanes: [{ overloadedUntil: '1970-01-01T00:00:01.000Z' }],
      state: 1,
    }),
  )
})
