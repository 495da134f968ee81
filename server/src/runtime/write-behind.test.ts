import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { createBatchWriter, createKeyedWriter, type WriteBehindOptions } from './write-behind.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** A database that can be down, and can be slow. */
function createDatabase<Item>() {
  const database = {
    written: [] as Item[],
    batches: 0,
    isDown: false,
    wait: Promise.resolve(),
    errors: [] as unknown[],
  }
  const options = {
    async write(items: readonly Item[]) {
      await database.wait
      if (database.isDown) throw new Error('down')
      database.batches += 1
      database.written.push(...items)
    },
    onError: (error: unknown) => void database.errors.push(error),
    maxQueued: 10,
    maxBatch: 4,
    delayMs: 1000,
  }
  return { database, options }
}

/** Holds writes back until it is opened. */
function createGate() {
  const gate = new EventTarget()
  const opened = new Promise<void>((resolve) => {
    gate.addEventListener('open', () => resolve())
  })
  return { opened, open: () => void gate.dispatchEvent(new Event('open')) }
}

describe('a writer of every row', () => {
  function setUp(change: Partial<WriteBehindOptions<number>> = {}) {
    const { database, options } = createDatabase<number>()
    const writer = createBatchWriter<number>({ ...options, ...change })
    const recordMany = (...rows: number[]) => rows.forEach((row) => writer.record(row))
    return { writer, database, recordMany }
  }

  test('writes a row within the delay, and nobody waits for it', async () => {
    const { writer, database } = setUp()
    writer.record(1)
    expect(database.written).toEqual([])
    await vi.advanceTimersByTimeAsync(1000)
    expect(database.written).toEqual([1])
    expect(writer.stats()).toEqual({ queued: 0, written: 1, dropped: 0, failures: 0 })
  })

  test('writes a full batch at once, and all rows in their order', async () => {
    const { database, recordMany } = setUp()
    recordMany(1, 2, 3, 4, 5, 6)
    await vi.advanceTimersByTimeAsync(0)
    expect(database.written).toEqual([1, 2, 3, 4, 5, 6])
    expect(database.batches).toBe(2)
  })

  test('drops and counts new rows when the queue is full', async () => {
    const { writer, database, recordMany } = setUp()
    const gate = createGate()
    database.wait = gate.opened
    recordMany(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12)
    expect(writer.stats()).toMatchObject({ queued: 10, dropped: 2 })
    gate.open()
    await vi.advanceTimersByTimeAsync(0)
    expect(database.written).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
    expect(writer.stats()).toMatchObject({ queued: 0, dropped: 2 })
  })

  test('writes what a failing database refused once the database is back', async () => {
    const { writer, database, recordMany } = setUp()
    database.isDown = true
    recordMany(1, 2, 3)
    await vi.advanceTimersByTimeAsync(2000)
    expect(writer.stats()).toMatchObject({ queued: 3, written: 0, failures: 2 })
    database.isDown = false
    recordMany(4, 5)
    await vi.advanceTimersByTimeAsync(30_000)
    expect(database.written).toEqual([1, 2, 3, 4, 5])
  })

  test('tries a database that is down for long twice a minute, and reports every 60th failure', async () => {
    const { writer, database } = setUp()
    database.isDown = true
    writer.record(1)
    await vi.advanceTimersByTimeAsync(3_600_000)
    expect(writer.stats().failures).toBeLessThan(130)
    expect(writer.stats().failures).toBeGreaterThan(110)
    expect(database.errors).toHaveLength(3)
  })

  test('writes what is queued when it closes, also during a write', async () => {
    const { writer, database, recordMany } = setUp()
    recordMany(1, 2, 3, 4, 5)
    await writer.close()
    writer.record(6)
    expect(database.written).toEqual([1, 2, 3, 4, 5])
    expect(writer.stats()).toMatchObject({ queued: 0, dropped: 1 })
  })

  test('closes without waiting for a database that is down', async () => {
    const { writer, database, recordMany } = setUp()
    database.isDown = true
    recordMany(1, 2)
    await writer.close()
    expect(writer.stats()).toMatchObject({ queued: 0, written: 0, dropped: 2 })
    expect(vi.getTimerCount()).toBe(0)
  })

  test('closes within its time limit when the database hangs', async () => {
    const { writer, database, recordMany } = setUp({ closeMs: 5000 })
    database.wait = new Promise(() => {})
    recordMany(1, 2, 3, 4, 5)
    const closing = writer.close()
    await vi.advanceTimersByTimeAsync(5000)
    await closing
    expect(writer.stats()).toMatchObject({ queued: 0, written: 0, dropped: 5 })
    expect(vi.getTimerCount()).toBe(0)
  })
})

describe('a writer of last values', () => {
  type Entry = readonly [id: string, value: number]

  function setUp(change: Partial<WriteBehindOptions<Entry>> = {}) {
    const { database, options } = createDatabase<Entry>()
    return { database, writer: createKeyedWriter<string, number>({ ...options, ...change }) }
  }

  test('writes the last value of each id, once', async () => {
    const { database, writer } = setUp()
    writer.set('a', 1)
    writer.set('b', 2)
    writer.set('a', 3)
    expect(writer.get('a')).toBe(3)
    await vi.advanceTimersByTimeAsync(1000)
    expect(database.written).toEqual([
      ['b', 2],
      ['a', 3],
    ])
    expect(writer.get('a')).toBeUndefined()
  })

  test('writes a value again that changed while it was written, after another delay', async () => {
    const { database, writer } = setUp()
    const gate = createGate()
    database.wait = gate.opened
    writer.set('a', 1)
    await vi.advanceTimersByTimeAsync(1000)
    writer.set('a', 2)
    gate.open()
    await vi.advanceTimersByTimeAsync(0)
    expect(database.written).toEqual([['a', 1]])
    expect(writer.get('a')).toBe(2)
    await vi.advanceTimersByTimeAsync(1000)
    expect(database.written).toEqual([
      ['a', 1],
      ['a', 2],
    ])
  })

  test('writes many ids batch by batch', async () => {
    const { database, writer } = setUp()
    for (let id = 0; id < 9; id += 1) writer.set(String(id), id)
    await vi.advanceTimersByTimeAsync(1000)
    expect(database.written.map(([, value]) => value)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8])
    expect(database.batches).toBe(3)
  })

  test('keeps one value an id while the database is down, and writes the newest', async () => {
    const { database, writer } = setUp({ retryMs: 5000, longestRetryMs: 5000, failuresPerError: 1 })
    database.isDown = true
    writer.set('a', 1)
    await vi.advanceTimersByTimeAsync(16_000)
    writer.set('a', 2)
    expect(writer.stats()).toMatchObject({ queued: 1, failures: 4 })
    expect(database.errors).toHaveLength(4)
    database.isDown = false
    await vi.advanceTimersByTimeAsync(5000)
    expect(database.written).toEqual([['a', 2]])
  })

  test('drops and counts the oldest ids when there are too many', async () => {
    const { database, writer } = setUp({ maxQueued: 2 })
    for (const [id, value] of Object.entries({ a: 1, b: 2, c: 3 })) writer.set(id, value)
    await writer.close()
    expect(database.written).toEqual([
      ['b', 2],
      ['c', 3],
    ])
    expect(writer.stats()).toEqual({ queued: 0, written: 2, dropped: 1, failures: 0 })
  })

  test('writes what is left when it closes, within its time limit', async () => {
    const { database, writer } = setUp()
    database.wait = new Promise(() => {})
    writer.set('a', 1)
    const closing = writer.close()
    await vi.advanceTimersByTimeAsync(3000)
    await closing
    writer.set('b', 2)
    expect(writer.stats()).toEqual({ queued: 0, written: 0, dropped: 2, failures: 0 })
    expect(vi.getTimerCount()).toBe(0)
  })
})
