import type { AttemptRow } from '../server/src/telemetry/request-log/attempt-row.ts'
import { createCalendar } from '../server/src/runtime/time/calendar.ts'
import type { Storage } from '../server/src/storage/storage.ts'
import { runRetention } from '../server/src/telemetry/usage/run-retention.ts'

const calendar = createCalendar(() => 'Asia/Shanghai')

export const keyCount = 50_000
const days = 30
export const dayMs = 86_400_000
const batch = 20_000

/** The last ones are used least. */
export const models = Array.from({ length: 6 }, (_, n) => `gemini-model-${n}`)
export const callers = Array.from({ length: 8 }, (_, n) => String(n).padStart(12, '0'))
const dialects = ['gemini', 'openai']
const outcomes = [
  ...Array.from({ length: 94 }, () => ['answered', 200] as const),
  ['quota-spent', 429],
  ['quota-spent', 429],
  ['quota-unknown', 429],
  ['model-overloaded', 503],
  ['key-invalid', 400],
  ['upstream-failed', 500],
] as const

const randomOf = <T>(list: readonly T[]): T => {
  const found = list[Math.floor(Math.random() ** 2 * list.length)]
  if (found === undefined) throw new Error('The list is empty.')
  return found
}

/** A random attempt. Most are answered, and most are for the first models. */
export function row(number: number, at: number): AttemptRow {
  const [verdict, status] = outcomes[Math.floor(Math.random() * outcomes.length)] ?? [
    'answered',
    200,
  ]
  const key = 1 + Math.floor(Math.random() * keyCount)
  const model = randomOf(models)
  const isAnswered = verdict === 'answered'
  const message = `Resource has been exhausted (${verdict}) for request ${number}: quota exceeded for metric generate_content_requests, limit 10, model ${model}.`
  return {
    requestId: `${at.toString(36)}-bench-${number.toString(36)}`,
    number: 1,
    at,
    keyId: key,
    project: `key:${key}`,
    lane: model,
    model,
    dialect: randomOf(dialects),
    method: 'generateContent',
    caller: randomOf(callers),
    status,
    verdict,
    streamed: true,
    durationMs: 500 + Math.random() * 4000,
    firstByteMs: isAnswered ? 200 + Math.random() * 900 : undefined,
    promptTokens: 1000,
    outputTokens: isAnswered ? 300 : undefined,
    thoughtTokens: isAnswered ? 100 : undefined,
    cachedTokens: 0,
    choice: 'least-recently-used',
    trial: false,
    ready: keyCount,
    groups: keyCount,
    laneStatus: 'ready',
    error: isAnswered ? undefined : { message, body: undefined },
  }
}

const settings = {
  autoDeleteErrorLogsEnabled: false,
  autoDeleteErrorLogsDays: 7,
  autoDeleteRequestLogsEnabled: false,
  autoDeleteRequestLogsDays: 30,
  auditLogDays: 0,
}

export type Clock = { now: number }

/** Writes attempts of the last thirty days and runs the retention. The store must take its time from `clock`. */
export async function fillHistory(storage: Storage, clock: Clock, rows: number): Promise<void> {
  const end = Date.now()
  const start = end - days * dayMs
  const retain = () =>
    runRetention(
      {
        storage,
        settings: () => settings,
        calendar,
        now: () => clock.now,
        onError: (error) => void process.stderr.write(`${String(error)}\n`),
      },
      new AbortController().signal,
    )
  for (let count = 0; count < rows; count += batch) {
    clock.now = start + (count / rows) * (end - start)
    const batchRows = Array.from({ length: batch }, (_, n) =>
      row(count + n, Math.floor(clock.now) + n),
    )
    await storage.requestLog.insertMany(batchRows)
    if ((count / batch) % 100 === 99) await retain()
  }
  clock.now = Date.now()
  await retain()
}
