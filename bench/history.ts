// Fills a large database, and measures how long each query takes and how queries slow down the writing of the log.
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { openStorage } from '../server/src/storage/open-storage.ts'
import type { Storage } from '../server/src/storage/storage.ts'
import { callers, dayMs, fillHistory, models, row } from './history-store.ts'

const rows = Number(process.argv[2] ?? 5_000_000)

type Query = readonly [name: string, query: () => Promise<unknown>]

function queriesOf(storage: Storage): Query[] {
  const { requestLog, errors, usage } = storage
  const now = Date.now()
  const ago = (count: number) => now - count * dayMs
  const day = { from: ago(1), to: now + 60_000 }
  const month = { from: ago(30), to: now + 60_000, byDay: true }
  const page = { limit: 50, offset: 0, order: 'desc' } as const
  const middle = { from: ago(16), to: ago(15) }
  return [
    ['stats of a day', () => usage.sums(day, 'verdict')],
    ['stats of a month', () => usage.sums(month, 'verdict')],
    ['series of a day', () => usage.series(day)],
    ['series of a month', () => usage.series(month)],
    ['by model, a day, with quantiles', () => usage.times(day, 'model')],
    ['by token, a month, with quantiles', () => usage.times(month, 'caller')],
    ['attention keys', () => usage.busiestKeys(day, { status: 429, limit: 20 })],
    ['busiest keys of a day', () => usage.busiestKeys(day, { limit: 20 })],
    ['usage of one key', () => usage.sumsOfKey(777, month)],
    ['attempts, newest', () => requestLog.list({})],
    ['attempts of a key', () => requestLog.list({ keyIds: [777] })],
    ['attempts of a project', () => requestLog.list({ project: 'key:777' })],
    ['attempts of a key that met 500', () => requestLog.list({ keyIds: [777], status: 500 })],
    ['attempts of a model', () => requestLog.list({ model: models[5] })],
    ['attempts of token, model, verdict', () => requestLog.list({ caller: callers[7], model: models[5], verdict: 'key-invalid' })], // oxfmt-ignore
    ['attempts of a day two weeks ago', () => requestLog.list(middle)],
    ['attempts of a model and that day', () => requestLog.list({ ...middle, model: models[5] })],
    ['attempts of a verdict without rows', () => requestLog.list({ verdict: 'client-left' })],
    ['attempts, page 1 000 of a status', () => requestLog.list({ status: 429 }, { before: Math.floor(rows / 2) })], // oxfmt-ignore
    ['a request', () => requestLog.list({ requestId: 'none-of-these' })],
    ['errors, newest, counted', () => errors.list({}, page)],
    ['errors of a key, counted', () => errors.list({ keyIds: [777] }, page)],
    ['errors of a code, counted', () => errors.list({ status: 503 }, page)],
    ['errors of a day, counted', () => errors.list(middle, page)],
    ['errors, offset 10 000', () => errors.list({}, { ...page, offset: 10_000 })],
    ['errors, a rare text', () => errors.list({ text: 'request 4999' }, page)],
    ['errors, a text without matches', () => errors.list({ text: 'no such text' }, page)],
  ]
}

const percentile = (times: readonly number[], share: number) =>
  times.toSorted((a, b) => a - b)[Math.min(times.length - 1, Math.floor(share * times.length))] ?? 0

/** Measures the delay of a timer and the time to write a batch while `work` runs. */
async function measureDuring(storage: Storage, work: () => Promise<void>) {
  const lateness: number[] = []
  const writes: number[] = []
  const stop = new AbortController()
  const timers = (async () => {
    while (!stop.signal.aborted) {
      const due = performance.now() + 5
      await pause(5)
      lateness.push(performance.now() - due)
    }
  })()
  const writer = (async () => {
    let count = 0
    while (!stop.signal.aborted) {
      const batchRows = Array.from({ length: 300 }, () => row((count += 1), Date.now()))
      const start = performance.now()
      await storage.requestLog.insertMany(batchRows)
      writes.push(performance.now() - start)
      await pause(Math.max(0, 100 - (performance.now() - start)))
    }
  })()
  const start = performance.now()
  await work()
  const seconds = (performance.now() - start) / 1000
  stop.abort()
  await Promise.all([timers, writer])
  return {
    latenessP99: percentile(lateness, 0.99),
    writeP99: percentile(writes, 0.99),
    rowsPerSecond: (writes.length * 300) / seconds,
  }
}

const print = (line: string) => void process.stdout.write(`${line}\n`)

async function measure(storage: Storage): Promise<void> {
  const queries = queriesOf(storage)
  for (const [name, query] of queries) {
    const times: number[] = []
    for (let n = 0; n < 5; n += 1) {
      const start = performance.now()
      await query()
      times.push(performance.now() - start)
    }
    print(`| ${name} | ${percentile(times, 0.5).toFixed(1)} | ${Math.max(...times).toFixed(1)} |`)
  }
  const quiet = await measureDuring(storage, () => pause(10_000))
  const busy = await measureDuring(storage, async () => {
    for (let round = 0; round < 6; round += 1) for (const [, query] of queries) await query()
  })
  const format = (figures: typeof quiet) =>
    `main thread late p99 ${figures.latenessP99.toFixed(1)} ms, batch of 300 written p99 ${figures.writeP99.toFixed(1)} ms, ${Math.round(figures.rowsPerSecond)} rows/s`
  print(`writing 3 000 rows/s alone: ${format(quiet)}`)
  print(`while these queries run: ${format(busy)}`)
}

const folder = mkdtempSync(join(tmpdir(), 'history-'))
const path = join(folder, 'a.db')
const clock = { now: Date.now() }
const storage = await openStorage({ database: { kind: 'sqlite', path }, now: () => clock.now })
try {
  const start = performance.now()
  await fillHistory(storage, clock, rows)
  const seconds = (performance.now() - start) / 1000
  const megabytes = statSync(path).size / 1024 / 1024
  print(
    `${rows} rows filled in ${seconds.toFixed(0)} s (${Math.round(rows / seconds)} rows/s), ${megabytes.toFixed(0)} MB`,
  )
  await measure(storage)
} finally {
  await storage.close()
  rmSync(folder, { recursive: true })
}
