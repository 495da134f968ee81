import type { Dispatcher } from 'undici'
import { describe, expect, test } from 'vitest'
import type { Outcome } from '../../google/outcome.ts'
import { Secret } from '../../log/secret.ts'
import { Exchange } from './exchange.ts'
import type { Inspector } from './inspector.ts'
import { KeyRedactor } from './key-redactor.ts'

/** undici's controller, recording the calls of the handler. */
function createController() {
  const actions: string[] = []
  const controller: Dispatcher.DispatchController = {
    paused: false,
    aborted: false,
    reason: null,
    rawHeaders: [],
    rawTrailers: [],
    abort: (reason) => void actions.push(`abort ${reason.message}`),
    pause: () => void actions.push('pause'),
    resume: () => void actions.push('resume'),
  }
  return { controller, actions }
}

/** A sink; when `isFull`, every write returns false. */
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

/** Has its outcome with the first chunk that contains `!`. */
const untilMark: Inspector = {
  push: (chunk) => (chunk.includes('!') ? answered : undefined),
  end: () => ({ verdict: 'answer-empty', status: 200 }),
}

function open(inspector = untilMark) {
  const { controller, actions } = createController()
  let closed = 0
  const exchange = new Exchange({
    redactor: new KeyRedactor(new Secret('AIza-secret-key')),
    inspectorFor: () => inspector,
    classifyFailure: ({ message }) => ({ verdict: 'network-failed', status: 0, message }),
    onClosed: () => (closed += 1),
    now: () => 7,
  })
  exchange.onRequestStart(controller)
  return {
    exchange,
    actions,
    closed: () => closed,
    begin: (status = 200) => exchange.onResponseStart(controller, status, {}),
    push: (text: string) => exchange.onResponseData(controller, Buffer.from(text)),
    end: () => exchange.onResponseEnd(),
    fail: (message: string) => exchange.onResponseError(controller, new Error(message)),
  }
}

describe('an answer', () => {
  test('is held until its outcome is known, then paused until it is piped', async () => {
    const { exchange, begin, push, actions } = open()
    begin()
    push('a')
    expect(actions).toEqual([])
    push('b!')
    expect(actions).toEqual(['pause'])
    expect((await exchange.inspected).outcome).toEqual(answered)
    const sink = createSink()
    void exchange.pipe(sink)
    expect(sink.written).toEqual(['a', 'b!'])
    expect(actions).toEqual(['pause', 'resume'])
  })

  test('is paused while its client is full', async () => {
    const { exchange, begin, push, actions } = open()
    begin()
    push('!')
    await exchange.inspected
    const sink = createSink(true)
    void exchange.pipe(sink)
    // The held bytes filled the client.
    expect(actions).toEqual(['pause'])
    sink.drain()
    push('next')
    expect(actions).toEqual(['pause', 'resume', 'pause'])
    expect(sink.written).toEqual(['!', 'next'])
  })

  test('that ends before it is piped is whole', async () => {
    const { exchange, begin, push, end, closed } = open()
    begin()
    push('all!')
    end()
    const { answer } = await exchange.inspected
    expect(answer?.whole?.toString()).toBe('all!')
    expect(await exchange.pipe(createSink())).toEqual({ kind: 'complete' })
    expect(closed()).toBe(1)
  })

  test('that breaks off while it streams ends as cut', async () => {
    const { exchange, begin, push, fail } = open()
    begin()
    push('!')
    await exchange.inspected
    const end = exchange.pipe(createSink())
    fail('reset')
    expect(await end).toMatchObject({ kind: 'cut', cause: { message: 'reset' } })
  })

  test('has its usage read from the last bytes', async () => {
    const { exchange, begin, push, end } = open()
    begin()
    push('!')
    push(JSON.stringify({ usageMetadata: { promptTokenCount: 3, totalTokenCount: 3 } }))
    end()
    const { answer } = await exchange.inspected
    expect(answer?.usage()).toMatchObject({ prompt: 3, total: 3 })
  })

  test('never contains the key of its call', async () => {
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

  test('is closed when it is abandoned, even before it starts', () => {
    const { exchange, actions } = open()
    exchange.abandon(new Error('left'))
    expect(actions).toEqual(['abort left'])
    const { controller, actions: later } = createController()
    exchange.onRequestStart(controller)
    expect(later).toEqual(['abort left'])
  })

  test('is closed when its answer is discarded, unless it has ended', async () => {
    const { exchange, begin, push, end, actions } = open()
    begin()
    push('!')
    exchange.discard()
    expect(actions).toEqual(['pause', 'abort The answer was discarded.'])
    end()
    exchange.discard()
    expect(actions).toHaveLength(2)
  })

  test('ignores informational responses', async () => {
    const { exchange, begin, push, end } = open()
    begin(103)
    begin(200)
    push('!')
    end()
    expect((await exchange.inspected).answer?.status).toBe(200)
  })
})
