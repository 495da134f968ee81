// Latency of proxied requests while pages query the history: the built gateway with a large store, under steady load, in alternating rounds
// with and without all queries of the admin API.
//   node --conditions=source --import tsx bench/history-live.ts [--rows n] [--rate n] [--rounds n] [--seconds n] [--queries n] [--store folder]
import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { setTimeout as pause } from 'node:timers/promises'
import { parseArgs, promisify } from 'node:util'
import { openStorage } from '../server/src/storage/open-storage.ts'
import { createChildren, type Child, type Children } from './children.ts'
import { fillHistory, keyCount } from './history-store.ts'
import { pageQueries } from './page-queries.ts'
import { median, quantile } from './statistics.ts'
import type { SteadyLoad } from './steady-load.ts'
import { benchAdminToken, benchKey, buildIfStale, startFake, startGateway } from './subjects.ts'
import { table } from './table.ts'

const text = (value: string) => ({ type: 'string', default: value }) as const
const { values: given } = parseArgs({
  options: {
    rows: text('5000000'),
    rate: text('250'),
    rounds: text('6'),
    seconds: text('12'),
    /** Queries a second, one at a time. 15 is about ten open pages. */
    queries: text('15'),
    /** Kept, and reused by the next run. */
    store: { type: 'string' },
  },
})
const rows = Number(given.rows)
const print = (line: string) => void process.stdout.write(`${line}\n`)

async function makeStore(folder: string): Promise<void> {
  const clock = { now: Date.now() }
  const path = join(folder, 'gemini-balance.db')
  if (existsSync(path)) return
  const storage = await openStorage({ database: { kind: 'sqlite', path }, now: () => clock.now })
  await storage.keys.add(Array.from({ length: keyCount }, (_, index) => benchKey(index)))
  await fillHistory(storage, clock, rows)
  await storage.close()
}

const loadFile = fileURLToPath(new URL('steady-load.ts', import.meta.url))

async function load(gateway: Child): Promise<SteadyLoad> {
  const node = ['--conditions=source', '--import', 'tsx', loadFile]
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [...node, gateway.address, given.rate, given.seconds],
    { maxBuffer: 2 ** 28, timeout: 120_000 },
  )
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written by steady-load.ts
  return JSON.parse(stdout) as SteadyLoad
}

type Times = Map<string, number[]>

/** Runs the queries one after another, at the given rate, until aborted. */
async function runQueries(
  gateway: Child,
  times: Times,
  { signal }: AbortController,
): Promise<void> {
  let due = performance.now()
  while (!signal.aborted) {
    for (const path of pageQueries(rows)) {
      due = Math.max(due + 1000 / Number(given.queries), performance.now())
      await pause(due - performance.now())
      if (signal.aborted) return
      const start = performance.now()
      const answer = await fetch(gateway.address + path, { headers })
      await answer.arrayBuffer()
      if (answer.status !== 200) throw new Error(`${path} was answered with ${answer.status}.`)
      // Without times, which differ in each query.
      const name = path.replaceAll(/\d{13}|\d{4}-\d\d-[\dT:.-]+Z/g, '…')
      times.set(name, [...(times.get(name) ?? []), performance.now() - start])
    }
  }
}

const headers = { authorization: `Bearer ${benchAdminToken}` }

type Phase = {
  readonly p50: number
  readonly p99: number
  readonly late: number
  readonly count: number
}

function summary({ latenciesMs, sentLateMs }: SteadyLoad): Phase {
  const sorted = Float64Array.from(latenciesMs).toSorted()
  const late = quantile(Float64Array.from(sentLateMs).toSorted(), 0.99)
  return { p50: quantile(sorted, 0.5), p99: quantile(sorted, 0.99), late, count: sorted.length }
}

async function measure(children: Children, folder: string): Promise<void> {
  const fake = await startFake(children)
  const gateway = await startGateway(children, fake.address, {
    folder,
    // A reused store has the fake's earlier address.
    env: { API_KEYS: '[]', METRICS_TOKEN: benchAdminToken, RESET_SETTINGS: 'BASE_URL' },
  })
  const times: Times = new Map()
  const quiet: Phase[] = []
  const whileQueried: Phase[] = []
  await load(gateway)
  for (let round = 0; round < Number(given.rounds); round += 1) {
    quiet.push(summary(await load(gateway)))
    const stop = new AbortController()
    const querying = runQueries(gateway, times, stop)
    try {
      whileQueried.push(summary(await load(gateway)))
    } finally {
      stop.abort()
      await querying
    }
    process.stderr.write(`round ${round + 1} of ${given.rounds}\n`)
  }
  report(quiet, whileQueried, times)
}

const ms = (value: number) => value.toFixed(1)

function report(quiet: readonly Phase[], whileQueried: readonly Phase[], times: Times): void {
  const line = (name: string, phases: readonly Phase[]) => [
    name,
    ms(median(phases.map(({ p50 }) => p50))),
    ms(median(phases.map(({ p99 }) => p99))),
    phases.map(({ p99 }) => ms(p99)).join(' '),
    ms(Math.max(...phases.map(({ late }) => late))),
  ]
  const rises = whileQueried.map(({ p99 }, round) => p99 - (quiet[round]?.p99 ?? NaN))
  print(
    table([
      ['proxied requests, ms', 'p50', 'p99', 'p99 of each round', 'sent late, p99'],
      line('alone', quiet),
      line('while history is queried', whileQueried),
    ]),
  )
  print(`\nrise of p99: median ${ms(median(rises))} ms, rounds ${rises.map(ms).join(' ')}\n`)
  const queries = [...times].map(([path, taken]) => [
    path,
    ms(median(taken)),
    ms(Math.max(...taken)),
    String(taken.length),
  ])
  print(table([['query, ms', 'median', 'largest', 'count'], ...queries]))
}

buildIfStale()
const folder = given.store ?? mkdtempSync(join(tmpdir(), 'history-live-'))
const children = createChildren()
try {
  await makeStore(folder)
  await measure(children, folder)
} finally {
  await children.stopAll()
  if (given.store === undefined) rmSync(folder, { recursive: true })
}
