import type { Dispatcher } from 'undici'
import { describe, expect, test } from 'vitest'
import type { Outcome } from '../../google/outcome.ts'
import { Secret } from '../../log/secret.ts'
import { Exchange } from './exchange.ts'
import type { Inspector } from './inspector.ts'
import { KeyRedactor } from './key-redactor.ts'

/** What undici hands to a handler, with what the handler did to it. */
function createController() {
  const done: string[] = []
  const controller: Dispatcher.DispatchController = {
    paused: false,
    aborted: false,
    reason: null,
    rawHeaders: [],
    rawTrailers: [],
    abort: (reason) => void done.push(`abort ${reason.message}`),
    pause: () => void done.push('pause'),
    resume: () => void done.push('resume'),
  }
  return { controller, done }
}

/** A sink that is full after every write until it is drained. */
function createSink(isFull = false) {
  const written: string[] = []
  let resume = () => {}
  return {
    written,
    drain: () => resume(),
    write(chunk: Buffer) {
      written.push(chunk.toString())
      return !isFull
    },
    onDrain(listener: () => void) {
      resume = listener
    },
  }
}

const answered: Outcome = { verdict: 'answered', status: 200 }

/** Knows the outcome with the first chunk that holds `!`, or at the end. */
const untilMark: Inspector = {
  push: (chunk) => (chunk.includes('!') ? answered : undefined),
  end: () => ({ verdict: 'answer-empty', status: 200 }),
}

function open(inspector = untilMark) {
  const { controller, done } = createController()
  let closed = 0
  const exchange = new Exchange({
    redactor: new KeyRedactor(new Secret('AIza-secret-key')),
    inspectorFor: () => inspector,
    explainFailure: ({ message }) => ({ verdict: 'network-failed', status: 0, message }),
    onClosed: () => (closed += 1),
    now: () => 7,
  })
  exchange.onRequestStart(controller)
  return {
    exchange,
    done,
    closed: () => closed,
    begin: (status = 200) => exchange.onResponseStart(controller, status, {}),
    push: (text: string) => exchange.onResponseData(controller, Buffer.from(text)),
    end: () => exchange.onResponseEnd(),
    fail: (message: string) => exchange.onResponseError(controller, new Error(message)),
  }
}

describe('an answer', () => {
  test('is held until its outcome is known; then Google waits until somebody takes it', async () => {
    const { exchange, begin, push, done } = open()
    begin()
    push('a')
    expect(done).toEqual([])
    push('b!')
    expect(done).toEqual(['pause'])
    expect((await exchange.inspected).outcome).toEqual(answered)
    const sink = createSink()
    void exchange.pipe(sink)
    expect(sink.written).toEqual(['a', 'b!'])
    expect(done).toEqual(['pause', 'resume'])
  })

  test('flows no faster than its client takes it', async () => {
    const { exchange, begin, push, done } = open()
    begin()
    push('!')
    await exchange.inspected
    const sink = createSink(true)
    void exchange.pipe(sink)
    // The client was full with what was held.
    expect(done).toEqual(['pause'])
    sink.drain()
    push('next')
    expect(done).toEqual(['pause', 'resume', 'pause'])
    expect(sink.written).toEqual(['!', 'next'])
  })

  test('that ended before it was taken is whole', async () => {
    const { exchange, begin, push, end, closed } = open()
    begin()
    push('all!')
    end()
    const { answer } = await exchange.inspected
    expect(answer?.whole?.toString()).toBe('all!')
    expect(await exchange.pipe(createSink())).toEqual({ kind: 'complete' })
    expect(closed()).toBe(1)
  })

  test('that breaks off while it flows ends as cut', async () => {
    const { exchange, begin, push, fail } = open()
    begin()
    push('!')
    await exchange.inspected
    const end = exchange.pipe(createSink())
    fail('reset')
    expect(await end).toMatchObject({ kind: 'cut', cause: { message: 'reset' } })
  })

  test('has its last bytes read for usage', async () => {
    const { exchange, begin, push, end } = open()
    begin()
    push('!')
    push(JSON.stringify({ usageMetadata: { promptTokenCount: 3, totalTokenCount: 3 } }))
    end()
    const { answer } = await exchange.inspected
    expect(answer?.usage()).toMatchObject({ prompt: 3, total: 3 })
  })

  test('never holds the key it was asked for with', async () => {
    const { exchange, begin, push, end } = open()
    begin()
    push('! AIza-secret-')
    push('key')
    end()
    const sink = createSink()
    await exchange.pipe(sink)
    expect(sink.written.join('')).not.toContain('AIza-secret-key')
  })
})

describe('a call', () => {
  test('that fails before its outcome is known has no answer', async () => {
    const { exchange, fail, closed } = open()
    fail('refused')
    expect(await exchange.inspected).toMatchObject({
      outcome: { verdict: 'network-failed', message: 'refused' },
      answer: undefined,
    })
    expect(closed()).toBe(1)
  })

  test('is closed when it is abandoned, also before it began', () => {
    const { exchange, done } = open()
    exchange.abandon(new Error('left'))
    expect(done).toEqual(['abort left'])
    const { controller, done: later } = createController()
    exchange.onRequestStart(controller)
    expect(later).toEqual(['abort left'])
  })

  test('is closed when its answer is dropped, unless it is over', async () => {
    const { exchange, begin, push, end, done } = open()
    begin()
    push('!')
    exchange.discard()
    expect(done).toEqual(['pause', 'abort The answer is not wanted.'])
    end()
    exchange.discard()
    expect(done).toHaveLength(2)
  })

  test('tells its informational answers from the real one', async () => {
    const { exchange, begin, push, end } = open()
    begin(103)
    begin(200)
    push('!')
    end()
    expect((await exchange.inspected).answer?.status).toBe(200)
  })
})
