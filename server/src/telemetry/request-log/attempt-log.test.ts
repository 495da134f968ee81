import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createAttemptLog, type AttemptLogDeps } from './attempt-log.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** A database that can be away, and can be slow. */
function setUp(options: Partial<AttemptLogDeps<number>> = {}) {
  const database = { written: [] as number[], batches: 0, isAway: false, wait: Promise.resolve() }
  const messages: unknown[] = []
  const attempts = createAttemptLog<number>({
    async write(rows) {
      await database.wait
      if (database.isAway) throw new Error('away')
      database.batches += 1
      database.written.push(...rows)
    },
    log: { error: (...said: unknown[]) => void messages.push(said) },
    maxQueued: 10,
    maxBatch: 4,
    flushMs: 1000,
    ...options,
  })
  const recordMany = (...rows: number[]) => rows.forEach((row) => attempts.record(row))
  return { attempts, database, messages, recordMany }
}

test('a row is written within a second, without anybody waiting for it', async () => {
  const { attempts, database } = setUp()
  attempts.record(1)
  expect(database.written).toEqual([])
  await vi.advanceTimersByTimeAsync(1000)
  expect(database.written).toEqual([1])
  expect(attempts.stats()).toEqual({ queued: 0, written: 1, dropped: 0, failures: 0 })
})

test('a full batch is written at once, and all rows in their order', async () => {
  const { database, recordMany } = setUp()
  recordMany(1, 2, 3, 4, 5, 6)
  await vi.advanceTimersByTimeAsync(0)
  expect(database.written).toEqual([1, 2, 3, 4, 5, 6])
  expect(database.batches).toBe(2)
})

test('rows that there is no room for are counted and dropped', async () => {
  const { attempts, database, recordMany } = setUp()
  const gate = new EventTarget()
  database.wait = new Promise((resolve) => gate.addEventListener('open', () => resolve()))
  recordMany(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12)
  expect(attempts.stats()).toMatchObject({ queued: 10, dropped: 2 })
  gate.dispatchEvent(new Event('open'))
  await vi.advanceTimersByTimeAsync(0)
  expect(database.written).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
  expect(attempts.stats()).toMatchObject({ queued: 0, dropped: 2 })
})

test('what a database that is away refused is written once it is back', async () => {
  const { attempts, database, recordMany } = setUp()
  database.isAway = true
  recordMany(1, 2, 3)
  await vi.advanceTimersByTimeAsync(3000)
  expect(attempts.stats()).toMatchObject({ queued: 3, written: 0, failures: 2 })
  database.isAway = false
  recordMany(4, 5)
  await vi.advanceTimersByTimeAsync(30_000)
  expect(database.written).toEqual([1, 2, 3, 4, 5])
})

test('a database that is away for long is asked twice a minute and complained of now and then', async () => {
  const { attempts, database, messages } = setUp()
  database.isAway = true
  attempts.record(1)
  await vi.advanceTimersByTimeAsync(3_600_000)
  expect(attempts.stats().failures).toBeLessThan(130)
  expect(attempts.stats().failures).toBeGreaterThan(110)
  expect(messages).toHaveLength(3)
})

test('closing writes what is queued, also while a write is going on', async () => {
  const { attempts, database, recordMany } = setUp()
  recordMany(1, 2, 3, 4, 5)
  await attempts.close()
  attempts.record(6)
  expect(database.written).toEqual([1, 2, 3, 4, 5])
  expect(attempts.stats()).toMatchObject({ queued: 0, dropped: 1 })
})

test('closing does not wait for a database that is away', async () => {
  const { attempts, database, recordMany } = setUp()
  database.isAway = true
  recordMany(1, 2)
  await attempts.close()
  expect(attempts.stats()).toMatchObject({ queued: 0, written: 0, dropped: 2 })
  expect(vi.getTimerCount()).toBe(0)
})

test('closing does not wait for a database that hangs', async () => {
  const { attempts, database, recordMany } = setUp({ closeMs: 5000 })
  database.wait = new Promise(() => {})
  recordMany(1, 2, 3, 4, 5)
  const closing = attempts.close()
  await vi.advanceTimersByTimeAsync(5000)
  await closing
  expect(attempts.stats()).toMatchObject({ queued: 0, written: 0, dropped: 5 })
  expect(vi.getTimerCount()).toBe(0)
})
