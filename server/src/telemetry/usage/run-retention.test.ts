import { afterEach, beforeEach, expect, test } from 'vitest'
import { useTemporaryFolder } from '../../runtime/testing/temporary-folder.ts'
import { join } from 'node:path'
import { createCalendar } from '../../runtime/time/calendar.ts'
import { openStorage } from '../../storage/open-storage.ts'
import type { Storage } from '../../storage/storage.ts'
import { attempt } from '../../storage/testing/attempt-sample.ts'
import { runRetention, type RetentionSettings } from './run-retention.ts'

const hour = 3_600_000
const day = 24 * hour
const start = Date.parse('2026-11-01T10:00:00Z')
let now = start
const folder = useTemporaryFolder()
let storage: Storage

beforeEach(async () => {
  now = start
  const path = join(folder(), 'a.db')
  storage = await openStorage({ database: { kind: 'sqlite', path }, now: () => now })
})
afterEach(() => storage.close())

const settings: RetentionSettings = {
  autoDeleteErrorLogsEnabled: true,
  autoDeleteErrorLogsDays: 7,
  autoDeleteRequestLogsEnabled: false,
  autoDeleteRequestLogsDays: 30,
  auditLogDays: 730,
}

const retain = (change: Partial<RetentionSettings> = {}) =>
  runRetention(
    {
      storage,
      settings: () => ({ ...settings, ...change }),
      calendar: createCalendar(() => 'Asia/Kathmandu'),
      now: () => now,
      pauseMs: 0,
      onError: (error) => expect.unreachable(String(error)),
    },
    new AbortController().signal,
  )

const write = (verdict = 'answered') => {
  const error = verdict === 'answered' ? undefined : { message: 'no', body: undefined }
  return storage.requestLog.insertMany([attempt({ at: now, verdict, error })])
}

async function total(range: { from: number; to: number; byDay?: boolean }): Promise<number> {
  const sums = await storage.usage.sums(range, 'model')
  return sums.reduce((sum, { attempts }) => sum + attempts, 0)
}

test('what was counted is the same by minute, hour and day, however old it has become', async () => {
  for (let hours = 0; hours < 60 * 24; hours += 5) {
    now = start + hours * hour
    await write()
    if (hours % 45 === 0) await retain()
  }
  await retain()
  expect(await total({ from: start - day, to: now + hour, byDay: true })).toBe(288)
  expect(await total({ from: now - 20 * hour, to: now + hour })).toBe(5)
  const { hoursUntil, daysUntil } = await storage.usage.marks()
  expect(now - hoursUntil).toBeLessThan(2 * hour)
  expect(now - daysUntil).toBeLessThan(2 * day)
  expect(await storage.usage.oldest('rollups', 'minute')).toBeGreaterThan(now - 4 * day)
  expect(await storage.usage.oldest('rollups', 'hour')).toBeGreaterThan(now - 42 * day)
  expect(await storage.usage.oldest('key_rollups', 'hour')).toBeGreaterThan(now - 5 * day)
}, 60_000)

test('old errors go at three in the morning of the zone, and once a day', async () => {
  await write('upstream-failed')
  const errors = async () =>
    (await storage.errors.list({}, { limit: 1, offset: 0, order: 'desc' })).total
  now = Date.parse('2026-11-20T21:00:00Z')
  await retain()
  expect(await errors()).toBe(1)
  now = Date.parse('2026-11-20T21:16:00Z')
  await retain()
  expect(await errors()).toBe(0)
  expect((await storage.requestLog.list({})).rows).toHaveLength(1)
})

test('the request log is deleted where the settings say so, and what was counted stays', async () => {
  await write()
  now = start + 40 * day
  await write()
  await retain({ autoDeleteErrorLogsEnabled: false, autoDeleteRequestLogsEnabled: true })
  expect((await storage.requestLog.list({})).rows).toHaveLength(1)
  expect(await total({ from: start - day, to: now + hour, byDay: true })).toBe(2)
})

test('what admins did is forgotten after its days, and never where they are 0', async () => {
  const entry = { at: start, actor: 'admin token', action: 'keys-added', subject: 'A', detail: {} }
  await storage.audit.add([entry, { ...entry, at: start + 100 * day, subject: 'B' }])
  const left = async () =>
    (await storage.audit.list({ limit: 9 })).rows.map(({ subject }) => subject)
  now = start + 101 * day
  await retain({ auditLogDays: 0 })
  expect(await left()).toEqual(['B', 'A'])
  now = start + 102 * day
  await retain({ auditLogDays: 30 })
  expect(await left()).toEqual(['B'])
})

test('refusals are deleted with the error log', async () => {
  const refusal = {
    requestId: 'r',
    surface: 'gemini',
    verb: 'GET',
    path: '/',
    code: 'unknown_token',
    status: 401,
    caller: undefined,
    address: '::1',
    message: 'no',
    leftOut: 0,
  }
  await storage.refusals.insertMany([{ ...refusal, at: start }])
  const left = async () => (await storage.refusals.list({}, { limit: 9 })).rows.length
  now = start + 9 * day
  await retain({ autoDeleteErrorLogsEnabled: false })
  expect(await left()).toBe(1)
  now = start + 10 * day
  await retain()
  expect(await left()).toBe(0)
})
