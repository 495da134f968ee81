// The cost of a row of the request log: CPU time of all threads at a steady rate, and the maximum of rows a second.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { AttemptReport } from '../server/src/gateway/observer.ts'
import { uncounted } from '../server/src/auth/clients/admission.ts'
import { newRequestId } from '../server/src/runtime/request-id.ts'
import { Secret } from '../server/src/log/secret.ts'
import { openStorage } from '../server/src/storage/open-storage.ts'
import { createBatchWriter } from '../server/src/runtime/write-behind.ts'
import { describeAttempt } from '../server/src/telemetry/request-log/describe-attempt.ts'
import { KnownModels } from '../server/src/telemetry/request-log/known-models.ts'

const secret = new Secret('AIza')
const models = ['gemini-3.8-flash', 'gemini-2.5-pro', 'gemini-2.5-flash']

function report(number: number, keys: number): AttemptReport {
  const model = models[number % models.length] ?? ''
  const key = Math.floor(Math.random() * keys)
  const now = Date.now()
  const wanted = { lane: model, model, estimatedInputTokens: 100 }
  return {
    request: {
      id: newRequestId(now),
      admitted: uncounted,
      key: wanted,
      call: {
        method: 'POST',
        path: '/',
        headers: {},
        body: [],
        framing: 'unary',
        generates: true,
        usesResource: false,
      },
      patienceMs: undefined,
      labels: {
        dialect: 'gemini',
        method: 'generateContent',
        caller: '0123456789ab',
        streamed: number % 2 === 0,
      },
    },
    number: 1,
    reservation: {
      request: undefined,
      key,
      project: `key:${key}`,
      lane: model,
      secret,
      reservedAt: now,
      estimatedInputTokens: 100,
      trial: false,
      choice: 'least-recently-used',
      ready: keys,
      groups: keys,
    },
    startedAt: now,
    durationMs: 900 + (number % 700),
    firstByteMs: 300 + (number % 90),
    outcome: { verdict: 'answered', status: 200 },
    laneStatus: 'ready',
    usage: { prompt: 10, output: 20, thoughts: 30, cached: 0, toolUse: 0, total: 60 },
  }
}

const seconds = 8
const tickMs = 10

async function measure(rate: number, keys: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'log-cost-'))
  const storage = await openStorage({
    database: { kind: 'sqlite', path: join(folder, 'a.db') },
    now: Date.now,
  })
  const policy = {
    models: new KnownModels(() => true),
    recordsBody: () => false,
    scrub: (text: string) => text,
  }
  const log = createBatchWriter({
    write: storage.requestLog.insertMany,
    onError: (error) => void process.stderr.write(`${String(error)}\n`),
  })
  const run = async (record: (one: AttemptReport) => void, forMs: number) => {
    const before = process.cpuUsage()
    const start = performance.now()
    let count = 0
    while (performance.now() - start < forMs) {
      const due = Math.floor(((performance.now() - start) / 1000) * rate)
      for (; count < due; count += 1) record(report(count, keys))
      await pause(tickMs)
    }
    const { user, system } = process.cpuUsage(before)
    return { count, us: user + system }
  }
  const record = (one: AttemptReport) => log.record(describeAttempt(one, policy))
  await run(record, 2000)
  const idle = await run(() => {}, seconds * 1000)
  const busy = await run(record, seconds * 1000)
  const cost = busy.us / busy.count - idle.us / idle.count
  const rows = Array.from({ length: 100_000 }, (_, n) => describeAttempt(report(n, keys), policy))
  const start = performance.now()
  for (let at = 0; at < rows.length; at += 1000) {
    await storage.requestLog.insertMany(rows.slice(at, at + 1000))
  }
  const perSecond = rows.length / ((performance.now() - start) / 1000)
  await log.close()
  await storage.close()
  rmSync(folder, { recursive: true })
  process.stdout.write(
    `${rate} rows/s over ${keys} keys: ${cost.toFixed(1)} us CPU a row; at most ${Math.round(perSecond)} rows/s\n`,
  )
}

for (const keys of [200, 50_000]) {
  for (const rate of [500, 3000]) await measure(rate, keys)
}
