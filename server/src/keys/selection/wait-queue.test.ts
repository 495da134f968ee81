import { describe, expect, test } from 'vitest'

import type { ReserveResult } from '../types.ts'
import {
  anAsk,
  createBench,
  minute,
  perDay,
  perMinute,
  type Bench,
} from '../testing/engine-bench.ts'

const spentFor = (bench: Bench, retryAfterMs: number) =>
  bench.meet('quota-spent', { violations: [perMinute(1)], retryAfterMs })

const waitFor = ({ engine }: Bench, maxWaitMs = 5000, signal = new AbortController().signal) =>
  engine.keys.wait(anAsk(), { maxWaitMs, signal })

/** What promises have come to, once all that is due has run. */
async function drain(): Promise<void> {
  for (let turn = 0; turn < 10; turn += 1) await Promise.resolve()
}

describe('waiting', () => {
  test('ends with a key as soon as a lane wakes', async () => {
    const bench = createBench({ keys: 1 })
    spentFor(bench, 2000)
    const waiting = waitFor(bench)
    bench.clock.advance(2000)
    expect(await waiting).toMatchObject({ ok: true, reservation: { key: 1 } })
    expect(bench.clock.timers).toBe(0)
  })

  test('is not begun when no lane wakes in time', async () => {
    const bench = createBench({ keys: 1 })
    spentFor(bench, 6000)
    expect(await waitFor(bench)).toMatchObject({ ok: false, refusal: { kind: 'exhausted' } })
    expect(bench.clock.timers).toBe(0)
  })

  test('is not begun when no key is alive', async () => {
    const bench = createBench({ keys: 1 })
    bench.meet('key-leaked')
    expect(await waitFor(bench)).toEqual({ ok: false, refusal: { kind: 'none-alive' } })
  })

  test('is not begun by a request that has tried every key', async () => {
    const bench = createBench({ keys: 1 })
    spentFor(bench, 2000)
    const signal = new AbortController().signal
    const wanted = anAsk({ tried: new Set([1]) })
    expect(await bench.engine.keys.wait(wanted, { maxWaitMs: 5000, signal })).toMatchObject({
      ok: false,
    })
    expect(bench.clock.timers).toBe(0)
  })

  test('is first come, first served', async () => {
    const bench = createBench({ keys: 3 })
    for (const seconds of [1, 2, 3]) spentFor(bench, seconds * 1000)
    const order: number[] = []
    const waiting = [1, 2, 3].map(async (turn) => {
      await waitFor(bench)
      order.push(turn)
    })
    for (let second = 0; second < 3; second += 1) {
      bench.clock.advance(1000)
      await drain()
    }
    await Promise.all(waiting)
    expect(order).toEqual([1, 2, 3])
  })

  test('ends early when a reservation is given back', async () => {
    const bench = createBench({ keys: [{ project: 'p' }] })
    bench.engine.control.setProject({ id: 'p', limits: { '*': { minuteRequests: 1 } } })
    const held = bench.wanted()
    const waiting = waitFor(bench, 2 * minute)
    bench.engine.keys.release(held)
    expect(await waiting).toMatchObject({ ok: true })
    expect(bench.clock.timers).toBe(0)
  })

  test('ends early when a person resets the key', async () => {
    const bench = createBench({ keys: 1 })
    spentFor(bench, 4000)
    const waiting = waitFor(bench)
    bench.engine.control.reset(1)
    expect(await waiting).toMatchObject({ ok: true })
  })

  test('ends with the reason of its signal, and leaves nothing behind', async () => {
    const bench = createBench({ keys: 1 })
    spentFor(bench, 2000)
    const client = new AbortController()
    const waiting = waitFor(bench, 5000, client.signal)
    client.abort(new Error('the client left'))
    await expect(waiting).rejects.toThrow('the client left')
    expect(bench.clock.timers).toBe(0)
    expect(bench.engine.views.counts().waiting).toBe(0)
  })

  test('is refused at once to a client that has left already', async () => {
    const bench = createBench({ keys: 1 })
    await expect(waitFor(bench, 5000, AbortSignal.abort(new Error('gone')))).rejects.toThrow('gone')
  })

  test('ends with a refusal when the time is over', async () => {
    const bench = createBench({ keys: 1 })
    spentFor(bench, 1000)
    const first = waitFor(bench)
    const second = waitFor(bench, 1500)
    bench.clock.advance(1500)
    expect(await first).toMatchObject({ ok: true })
    expect(await second).toMatchObject({ ok: false, refusal: { kind: 'exhausted' } })
    expect(bench.clock.timers).toBe(0)
  })

  test('is not offered to more than the queue holds', async () => {
    const bench = createBench({ keys: 1, policy: { queueLength: 2 } })
    spentFor(bench, 1000)
    const results: ReserveResult[] = []
    for (let client = 0; client < 3; client += 1) {
      void waitFor(bench, 1200).then((result) => results.push(result))
    }
    await drain()
    expect(results).toMatchObject([{ ok: false }])
    expect(bench.engine.views.counts().waiting).toBe(2)
    bench.engine.close()
    await drain()
    expect(results.length).toBe(3)
    expect(bench.clock.timers).toBe(0)
  })

  test('behind one that cannot be served is not held up by it', async () => {
    const bench = createBench({ keys: [{ project: 'p' }, { project: 'q' }] })
    bench.meet('quota-spent', { violations: [perDay(20)] })
    spentFor(bench, 1000)
    const signal = new AbortController().signal
    const stuck = bench.engine.keys.wait(anAsk({ tried: new Set([2]), estimatedInputTokens: 1 }), {
      maxWaitMs: 5000,
      signal,
    })
    const other = waitFor(bench)
    bench.clock.advance(1000)
    expect(await other).toMatchObject({ ok: true, reservation: { key: 2 } })
    bench.clock.advance(5000)
    expect(await stuck).toMatchObject({ ok: false })
  })

  test('costs one look for all that wait, however many they are', async () => {
    const bench = createBench({ keys: 1 })
    spentFor(bench, 1000)
    const client = new AbortController()
    const waiting = Array.from({ length: 100 }, () => waitFor(bench, 1500, client.signal))
    const decided = bench.engine.views.decisions().filter(({ kind }) => kind === 'refused').length
    bench.meet('answered', { wanted: { lane: 'gemini-other' } })
    bench.engine.control.addKeys([])
    const { length } = bench.engine.views.decisions().filter(({ kind }) => kind === 'refused')
    expect(length).toBe(decided)
    client.abort()
    await Promise.allSettled(waiting)
  })

  test('for an overloaded model ends when the model may be tried', async () => {
    const bench = createBench({ keys: 3 })
    bench.meet('model-overloaded')
    bench.meet('model-overloaded')
    const waiting = waitFor(bench)
    bench.clock.advance(1000)
    expect(await waiting).toMatchObject({ ok: true, reservation: { trial: true } })
  })
})
