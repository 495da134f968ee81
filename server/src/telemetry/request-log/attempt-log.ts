import type { Log } from '../../log/create-log.ts'
import { withTimeout } from '../../runtime/with-timeout.ts'

export type AttemptLogDeps<Row> = {
  /** Writes all of the rows or none. */
  readonly write: (rows: readonly Row[]) => Promise<void>
  readonly log: Pick<Log, 'error'>
  /** Rows held in memory, those being written included. */
  readonly maxQueued?: number
  readonly maxBatch?: number
  /** How long a row may wait: what a killed process loses of its log. */
  readonly flushMs?: number
  /** How long the end may wait for the database. */
  readonly closeMs?: number
}

export type AttemptLogStats = {
  readonly queued: number
  readonly written: number
  /** Rows that there was no room for, or no database until the end. */
  readonly dropped: number
  /** Writes that failed; their rows are tried again. */
  readonly failures: number
}

/** The request log, off the path of requests. */
export type AttemptLog<Row> = {
  /** Never waits, never throws. */
  record(row: Row): void
  stats(): AttemptLogStats
  /** Writes what is queued, as far as the database takes it in time. Rows that come later are dropped. */
  close(): Promise<void>
}

const longestRetryMs = 30_000
/** Of many failures in a row, the first and every sixtieth are told. */
const failuresPerMessage = 60

export function createAttemptLog<Row>(deps: AttemptLogDeps<Row>): AttemptLog<Row> {
  const { write, log, maxQueued = 20_000, maxBatch = 500, flushMs = 500 } = deps
  const { closeMs = 3000 } = deps
  const queue: Row[] = []
  const counts = { written: 0, dropped: 0, failures: 0 }
  let failedInARow = 0
  let timer: NodeJS.Timeout | undefined
  let writing: Promise<void> | undefined
  let isClosed = false

  /** Writes one batch after the other until none is left, or one fails. */
  async function flush(): Promise<void> {
    while (queue.length > 0) {
      const batch = queue.slice(0, maxBatch)
      try {
        await write(batch)
      } catch (error) {
        noteFailure(error)
        return
      }
      queue.splice(0, batch.length)
      counts.written += batch.length
      failedInARow = 0
    }
  }

  function noteFailure(error: unknown): void {
    counts.failures += 1
    failedInARow += 1
    if (failedInARow % failuresPerMessage === 1) {
      log.error({ err: error, ...stats() }, 'The request log cannot be written. It is tried again.')
    }
  }

  function startFlush(): Promise<void> {
    clearTimeout(timer)
    timer = undefined
    writing ??= flush().finally(() => {
      writing = undefined
      if (queue.length > 0) plan()
    })
    return writing
  }

  function plan(): void {
    if (timer !== undefined || isClosed) return
    const delayMs = Math.min(flushMs * 2 ** failedInARow, longestRetryMs)
    timer = setTimeout(() => void startFlush(), delayMs)
    timer.unref()
  }

  const stats = (): AttemptLogStats => ({ queued: queue.length, ...counts })

  return {
    record(row) {
      if (isClosed || queue.length >= maxQueued) {
        counts.dropped += 1
        return
      }
      queue.push(row)
      if (writing !== undefined) return
      if (queue.length >= maxBatch && failedInARow === 0) void startFlush()
      else plan()
    },
    stats,
    async close() {
      isClosed = true
      await withTimeout(closeMs, async () => {
        // What is being written now may have begun before the last rows came, or be about to fail.
        await writing
        await startFlush()
      })
      clearTimeout(timer)
      counts.dropped += queue.splice(0).length
    },
  }
}
