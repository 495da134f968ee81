import { withTimeout } from './with-timeout.ts'

export type WriteBehindOptions<Item> = {
  /** Writes all of the items or none. */
  readonly write: (items: readonly Item[]) => Promise<void>
  /** Called for the first failure in a row and for every `failuresPerError`th. */
  readonly onError: (error: unknown, stats: WriteBehindStats) => void
  readonly failuresPerError?: number
  /** How long an item waits before it is written: what a killed process loses. */
  readonly delayMs?: number
  /** How long to wait after a failure; doubled with each further one, up to `longestRetryMs`. */
  readonly retryMs?: number
  readonly longestRetryMs?: number
  /** Items held in memory, those being written included. */
  readonly maxQueued?: number
  readonly maxBatch?: number
  /** How long closing may wait for the database. */
  readonly closeMs?: number
}

const defaults = {
  failuresPerError: 60,
  delayMs: 500,
  retryMs: 1000,
  longestRetryMs: 30_000,
  maxQueued: 20_000,
  maxBatch: 500,
  closeMs: 3000,
}

export type WriteBehindStats = {
  readonly queued: number
  readonly written: number
  /** Items that did not fit, or were not written before the end. */
  readonly dropped: number
  /** Writes that failed; their items are tried again. */
  readonly failures: number
}

type Writer = {
  stats(): WriteBehindStats
  /** Writes what is queued, within the time limit. Items that come later are dropped. */
  close(): Promise<void>
}

export type BatchWriter<Row> = Writer & {
  /** Never waits, never throws. */
  record(row: Row): void
}

/** Writes every row, in order, in the background. When the queue is full, new rows are dropped. */
export function createBatchWriter<Row>(options: WriteBehindOptions<Row>): BatchWriter<Row> {
  const { maxQueued, maxBatch } = { ...defaults, ...options }
  const rows: Row[] = []
  const writer = createWriter(options, {
    size: () => rows.length,
    *batches() {
      while (rows.length > 0) yield rows.slice(0, maxBatch)
    },
    remove: (batch) => void rows.splice(0, batch.length),
    clear: () => void rows.splice(0),
  })
  return {
    stats: writer.stats,
    close: writer.close,
    record(row) {
      if (writer.isClosed() || rows.length >= maxQueued) return writer.drop(1)
      rows.push(row)
      writer.schedule(rows.length >= maxBatch)
    },
  }
}

export type KeyedWriter<Id, Value> = Writer & {
  /** The value to write for the id. Never waits, never throws. */
  set(id: Id, value: Value): void
  /** The value that is not written yet. */
  get(id: Id): Value | undefined
}

/** Writes the last value of each id in the background. When there are too many ids, the oldest are dropped. */
export function createKeyedWriter<Id, Value>(
  options: WriteBehindOptions<readonly [Id, Value]>,
): KeyedWriter<Id, Value> {
  const { maxQueued, maxBatch } = { ...defaults, ...options }
  const values = new Map<Id, Value>()
  const writer = createWriter<readonly [Id, Value]>(options, {
    size: () => values.size,
    /** What is set while these are written waits for the next round. */
    *batches() {
      for (let left = values.size; left > 0; left -= maxBatch) {
        yield firstOf(values, Math.min(left, maxBatch))
      }
    },
    remove(batch) {
      for (const [id, value] of batch) if (values.get(id) === value) values.delete(id)
    },
    clear: () => values.clear(),
  })
  return {
    stats: writer.stats,
    close: writer.close,
    get: (id) => values.get(id),
    set(id, value) {
      if (writer.isClosed()) return writer.drop(1)
      // Behind those that are being written.
      values.delete(id)
      values.set(id, value)
      if (values.size > maxQueued) {
        for (const [oldest] of firstOf(values, 1)) values.delete(oldest)
        writer.drop(1)
      }
      writer.schedule(false)
    },
  }
}

function firstOf<Id, Value>(values: ReadonlyMap<Id, Value>, most: number): [Id, Value][] {
  const found: [Id, Value][] = []
  for (const entry of values) {
    if (found.length >= most) break
    found.push(entry)
  }
  return found
}

type Buffer<Item> = {
  size(): number
  /** One round of writing, a batch at a time; each is removed before the next is taken. */
  batches(): Iterable<readonly Item[]>
  remove(batch: readonly Item[]): void
  clear(): void
}

/** One batch after the other, timers, retries, counts and the end. */
function createWriter<Item>(options: WriteBehindOptions<Item>, buffer: Buffer<Item>) {
  const { write, onError, failuresPerError, delayMs, retryMs, longestRetryMs, closeMs } = {
    ...defaults,
    ...options,
  }
  const counts = { written: 0, dropped: 0, failures: 0 }
  let failedInARow = 0
  let timer: NodeJS.Timeout | undefined
  let writing: Promise<void> | undefined
  let isClosed = false

  const stats = (): WriteBehindStats => ({ queued: buffer.size(), ...counts })

  async function flush(): Promise<void> {
    for (const batch of buffer.batches()) {
      try {
        await write(batch)
      } catch (error) {
        counts.failures += 1
        failedInARow += 1
        if ((failedInARow - 1) % failuresPerError === 0) onError(error, stats())
        return
      }
      buffer.remove(batch)
      counts.written += batch.length
      failedInARow = 0
    }
  }

  function start(): Promise<void> {
    clearTimeout(timer)
    timer = undefined
    writing ??= flush().finally(() => {
      writing = undefined
      if (buffer.size() > 0) schedule(false)
    })
    return writing
  }

  function schedule(isFull: boolean): void {
    if (writing !== undefined || isClosed) return
    if (isFull && failedInARow === 0) void start()
    else timer ??= setTimeout(() => void start(), waitMs()).unref()
  }

  const waitMs = () =>
    failedInARow === 0 ? delayMs : Math.min(retryMs * 2 ** (failedInARow - 1), longestRetryMs)

  async function close(): Promise<void> {
    isClosed = true
    await withTimeout(closeMs, async () => {
      // The write under way may have begun before the last items came, or be about to fail.
      await writing
      await start()
    })
    clearTimeout(timer)
    counts.dropped += buffer.size()
    buffer.clear()
  }

  return {
    stats,
    close,
    schedule,
    isClosed: () => isClosed,
    drop: (count: number) => void (counts.dropped += count),
  }
}
