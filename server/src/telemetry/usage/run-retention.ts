import { setTimeout as pause } from 'node:timers/promises'
import type { AuditStore, RetentionStore, UsageStore } from '../stores.ts'
import type { MetaStore } from '../../runtime/meta-store.ts'
import { hourOfDay, startOfDay, startOfNextDay } from '../../runtime/wall-clock.ts'

export type HistorySettings = {
  readonly timezone: string
  readonly autoDeleteErrorLogsEnabled: boolean
  readonly autoDeleteErrorLogsDays: number
  readonly autoDeleteRequestLogsEnabled: boolean
  readonly autoDeleteRequestLogsDays: number
  readonly auditLogDays: number
}

export type HistoryKeeperDeps = {
  readonly storage: {
    readonly usage: UsageStore
    readonly retention: RetentionStore
    readonly meta: MetaStore
    readonly audit: Pick<AuditStore, 'deleteOld'>
  }
  readonly settings: () => HistorySettings
  readonly now: () => number
  readonly onError: (error: unknown) => void
}

const minuteMs = 60_000
const hourMs = 60 * minuteMs
const dayMs = 24 * hourMs

/** Processes that share a database may be a little late, and their clocks a little off. */
const graceMs = 2 * minuteMs
/** Sums are kept as long as a chart or a report needs them so fine. */
const minutesKeptMs = 2 * dayMs
const hoursKeptMs = 40 * dayMs
const keyHoursKeptMs = 3 * dayMs
const daysKeptMs = 800 * dayMs

/** The hour of the nightly deletion, when few are awake. */
const deletionHour = 3
const deletionMark = 'history-deleted-day'
/** Small enough that what is being written never waits for long. */
const rowsAtOnce = 500
const restMs = 20

/** Sums up hours and days when they are over, and deletes what is old: once a minute a look at what is due. */
export function keepHistory(deps: HistoryKeeperDeps) {
  const stop = new AbortController()
  let running: Promise<void> | undefined
  const timer = setInterval(() => {
    running ??= tendHistory(deps, stop.signal)
      .catch((error: unknown) => {
        if (!stop.signal.aborted) deps.onError(error)
      })
      .finally(() => {
        running = undefined
      })
  }, minuteMs)
  timer.unref()
  return {
    /** After the statement that is going on. */
    async close() {
      clearInterval(timer)
      stop.abort()
      await running
    },
  }
}

/** Does all that is due now. What is broken off is done the next time. */
export async function tendHistory(deps: HistoryKeeperDeps, signal: AbortSignal): Promise<void> {
  await mergeHours(deps, signal)
  await mergeDays(deps, signal)
  await mergeKeyDays(deps, signal)
  await deleteSums(deps, signal)
  await deleteRows(deps, signal)
}

async function mergeHours({ storage, now }: HistoryKeeperDeps, signal: AbortSignal): Promise<void> {
  const { usage } = storage
  const first = await usage.oldest('rollups', 'minute')
  if (first === undefined) return
  const { hoursUntil } = await usage.marks()
  let hour = Math.max(hoursUntil, first - (first % hourMs))
  while (hour + hourMs + graceMs <= now()) {
    signal.throwIfAborted()
    await usage.mergeHour(hour)
    hour += hourMs
  }
}

async function mergeDays(deps: HistoryKeeperDeps, signal: AbortSignal): Promise<void> {
  const { storage, settings } = deps
  const { usage } = storage
  const marks = await usage.marks()
  const first = (await usage.oldest('rollups', 'hour')) ?? marks.hoursUntil
  const zone = settings().timezone
  let from = marks.daysUntil === 0 ? startOfDay(first, zone) : marks.daysUntil
  for (;;) {
    signal.throwIfAborted()
    const to = startOfNextDay(from, zone)
    if (to > marks.hoursUntil) return
    await usage.mergeDay({ from, to })
    from = to
  }
}

async function mergeKeyDays(deps: HistoryKeeperDeps, signal: AbortSignal): Promise<void> {
  const { usage } = deps.storage
  const before = startOfUtcDay(deps.now() - keyHoursKeptMs)
  for (;;) {
    const oldest = await usage.oldest('key_rollups', 'hour')
    if (oldest === undefined || oldest >= before) return
    const from = startOfUtcDay(oldest)
    let key: number | undefined = 0
    while (key !== undefined) {
      key = await usage.mergeKeys({ from, to: from + dayMs }, key)
      await pause(restMs, undefined, { signal })
    }
  }
}

const startOfUtcDay = (at: number) => at - (at % dayMs)

async function deleteSums({ storage, now }: HistoryKeeperDeps, signal: AbortSignal): Promise<void> {
  const { usage } = storage
  const { hoursUntil, daysUntil } = await usage.marks()
  const old = [
    // Days that do not begin with an hour are made of minutes.
    ['rollups', 'minute', Math.min(now() - minutesKeptMs, hoursUntil, daysUntil)],
    ['rollups', 'hour', Math.min(now() - hoursKeptMs, daysUntil)],
    ['rollups', 'day', now() - daysKeptMs],
    ['key_rollups', 'day', now() - daysKeptMs],
  ] as const
  for (const [table, span, before] of old) {
    await untilNone(() => usage.deleteSums({ table, span, before, limit: rowsAtOnce }), signal)
  }
}

async function deleteRows(deps: HistoryKeeperDeps, signal: AbortSignal): Promise<void> {
  const { storage, settings, now } = deps
  const { meta, retention, audit } = storage
  const at = now()
  const policy = settings()
  const today = String(startOfDay(at, policy.timezone))
  if (hourOfDay(at, policy.timezone) < deletionHour) return
  if ((await meta.get(deletionMark)) === today) return
  if (policy.autoDeleteErrorLogsEnabled) {
    const before = at - policy.autoDeleteErrorLogsDays * dayMs
    await untilNone(() => retention.deleteErrors(before, rowsAtOnce), signal)
  }
  if (policy.autoDeleteRequestLogsEnabled) {
    const before = at - policy.autoDeleteRequestLogsDays * dayMs
    await untilNone(() => retention.deleteAttempts(before, rowsAtOnce), signal)
  }
  if (policy.auditLogDays > 0) {
    const before = at - policy.auditLogDays * dayMs
    await untilNone(() => audit.deleteOld(before, rowsAtOnce), signal)
  }
  await retention.deleteEmptyParts()
  await meta.set(deletionMark, today)
}

async function untilNone(deleteSome: () => Promise<number>, signal: AbortSignal): Promise<void> {
  for (;;) {
    signal.throwIfAborted()
    if ((await deleteSome()) === 0) return
    await pause(restMs, undefined, { signal })
  }
}
