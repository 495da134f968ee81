import { describe, expect, test } from 'vitest'

import type { ReserveResult } from '../types.ts'
import {
  aRequest,
  createTestEngine,
  minute,
  perDay,
  perMinute,
  type TestEngine,
} from '../testing/test-engine.ts'

const exhaustedFor = (engine: TestEngine, retryAfterMs: number) =>
  engine.meet('quota-spent', { violations: [perMinute(1)], retryAfterMs })

const waitFor = (engine: TestEngine, maxWaitMs = 5000, signal = new AbortController().signal) =>
  engine.keys.wait(aRequest(), { maxWaitMs, signal })

/** The state of the promises once all that is due has run. */
async function drain(): Promise<void> {
  for (let turn = 0; turn < 10; turn += 1) await Promise.resolve()
}

describe('waiting', () => {
  test('ends with a key as soon as a lane wakes', async () => {
    const engine = createTestEngine({ keys: 1 })
    exhaustedFor(engine, 2000)
    const waiting = waitFor(engine)
    engine.clock.advance(2000)
    expect(await waiting).toMatchObject({ ok: true, reservation: { key: 1 } })
    expect(engine.clock.timers).toBe(0)
  })

  test('is not begun when no lane wakes in time', async () => {
    const engine = createTestEngine({ keys: 1 })
    exhaustedFor(engine, 6000)
    expect(await waitFor(engine)).toMatchObject({ ok: false, reason: { kind: 'exhausted' } })
    expect(engine.clock.timers).toBe(0)
  })

  test('is not begun when no key is alive', async () => {
    const engine = createTestEngine({ keys: 1 })
    engine.meet('key-leaked')
    expect(await waitFor(engine)).toEqual({ ok: false, reason: { kind: 'none-alive' } })
  })

  test('is not begun by a request that has tried every key', async () => {
    const engine = createTestEngine({ keys: 1 })
    exhaustedFor(engine, 2000)
    const signal = new AbortController().signal
    const wanted = aRequest({ tried: new Set([1]) })
    expect(await engine.keys.wait(wanted, { maxWaitMs: 5000, signal })).toMatchObject({
      ok: false,
    })
    expect(engine.clock.timers).toBe(0)
  })

  test('is first come, first served', async () => {
    const engine = createTestEngine({ keys: 3 })
    for (const seconds of [1, 2, 3]) exhaustedFor(engine, seconds * 1000)
    const order: number[] = []
    const waiting = [1, 2, 3].map(async (turn) => {
      await waitFor(engine)
      order.push(turn)
    })
    for (let second = 0; second < 3; second += 1) {
      engine.clock.advance(1000)
      await drain()
    }
    await Promise.all(waiting)
    expect(order).toEqual([1, 2, 3])
  })

  test('ends early when a reservation is given back', async () => {
    const engine = createTestEngine({ keys: [{ project: 'p' }] })
    engine.control.setProject({ id: 'p', limits: { '*': { minuteRequests: 1 } } })
    const held = engine.reserve()
    const waiting = waitFor(engine, 2 * minute)
    engine.keys.release(held)
    expect(await waiting).toMatchObject({ ok: true })
    expect(engine.clock.timers).toBe(0)
  })

  test('ends early when the operator resets the key', async () => {
    const engine = createTestEngine({ keys: 1 })
    exhaustedFor(engine, 4000)
    const waiting = waitFor(engine)
    engine.control.reset(1)
    expect(await waiting).toMatchObject({ ok: true })
  })

  test('ends with the reason of its signal, and leaves nothing behind', async () => {
    const engine = createTestEngine({ keys: 1 })
    exhaustedFor(engine, 2000)
    const client = new AbortController()
    const waiting = waitFor(engine, 5000, client.signal)
    client.abort(new Error('the client left'))
    await expect(waiting).rejects.toThrow('the client left')
    expect(engine.clock.timers).toBe(0)
    expect((await engine.views.counts()).waiting).toBe(0)
  })

  test('is refused at once to a client that has already left', async () => {
    const engine = createTestEngine({ keys: 1 })
    await expect(waitFor(engine, 5000, AbortSignal.abort(new Error('gone')))).rejects.toThrow(
      'gone',
    )
  })

  test('ends with a refusal when the time is over', async () => {
    const engine = createTestEngine({ keys: 1 })
    exhaustedFor(engine, 1000)
    const first = waitFor(engine)
    const second = waitFor(engine, 1500)
    engine.clock.advance(1500)
    expect(await first).toMatchObject({ ok: true })
    expect(await second).toMatchObject({ ok: false, reason: { kind: 'exhausted' } })
    expect(engine.clock.timers).toBe(0)
  })

  test('is not offered to more than the queue holds', async () => {
    const engine = createTestEngine({ keys: 1, policy: { capacity: { waiting: 2 } } })
    exhaustedFor(engine, 1000)
    const results: ReserveResult[] = []
    for (let client = 0; client < 3; client += 1) {
      void waitFor(engine, 1200).then((result) => results.push(result))
    }
    await drain()
    expect(results).toMatchObject([{ ok: false }])
    expect((await engine.views.counts()).waiting).toBe(2)
    engine.close()
    await drain()
    expect(results.length).toBe(3)
    expect(engine.clock.timers).toBe(0)
  })

  test('behind one that cannot be served is not held up by it', async () => {
    const engine = createTestEngine({ keys: [{ project: 'p' }, { project: 'q' }] })
    engine.meet('quota-spent', { violations: [perDay(20)] })
    exhaustedFor(engine, 1000)
    const signal = new AbortController().signal
    const stuck = engine.keys.wait(aRequest({ tried: new Set([2]), estimatedInputTokens: 1 }), {
      maxWaitMs: 5000,
      signal,
    })
    const other = waitFor(engine)
    engine.clock.advance(1000)
    expect(await other).toMatchObject({ ok: true, reservation: { key: 2 } })
    engine.clock.advance(5000)
    expect(await stuck).toMatchObject({ ok: false })
  })

  test('costs one try for all that wait, however many they are', async () => {
    const engine = createTestEngine({ keys: 1 })
    exhaustedFor(engine, 1000)
    const client = new AbortController()
    const waiting = Array.from({ length: 100 }, () => waitFor(engine, 1500, client.signal))
    const decided = engine.views.decisions().filter(({ kind }) => kind === 'refused').length
    engine.meet('answered', { wanted: { lane: 'gemini-other' } })
    engine.control.addKeys([])
    const { length } = engine.views.decisions().filter(({ kind }) => kind === 'refused')
    expect(length).toBe(decided)
    client.abort()
    await Promise.allSettled(waiting)
  })

  test('for an overloaded model ends when the model may be tried', async () => {
    const engine = createTestEngine({ keys: 3 })
    engine.meet('model-overloaded')
    engine.meet('model-overloaded')
    const waiting = waitFor(engine)
    engine.clock.advance(1000)
    expect(await waiting).toMatchObject({ ok: true, reservation: { trial: true } })
  })
})
