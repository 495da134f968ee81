import { setTimeout as sleep } from 'node:timers/promises'
import type { AuditStore, RefusalStore, RetentionStore, UsageStore } from '../stores.ts'
import type { MetaStore } from '../../runtime/meta-store.ts'
import type { ZoneCalendar } from '../../runtime/time/calendar.ts'

export type RetentionSettings = {
  readonly autoDeleteErrorLogsEnabled: boolean
  readonly autoDeleteErrorLogsDays: number
  readonly autoDeleteRequestLogsEnabled: boolean
  readonly autoDeleteRequestLogsDays: number
  readonly auditLogDays: number
}

export type RetentionDeps = {
  readonly storage: {
    readonly usage: UsageStore
    readonly retention: RetentionStore
    readonly meta: MetaStore
    readonly audit: Pick<AuditStore, 'deleteOld'>
    readonly refusals: Pick<RefusalStore, 'deleteOld'>
  }
  readonly settings: () => RetentionSettings
  readonly calendar: ZoneCalendar
  readonly now: () => number
  readonly onError: (error: unknown) => void
  /** Between two deletions, so that other writes get their turn. */
  readonly pauseMs?: number
}

const minuteMs = 60_000
const hourMs = 60 * minuteMs
const dayMs = 24 * hourMs

/** Processes that share a database may write late, and their clocks may differ. */
const graceMs = 2 * minuteMs
/** How long sums stay at each resolution. */
const minutesKeptMs = 2 * dayMs
const hoursKeptMs = 40 * dayMs
const keyHoursKeptMs = 3 * dayMs
const daysKeptMs = 800 * dayMs

/** Rows are deleted once a day, from this hour on. */
const deletionHour = 3
/** Kept at most, however many strangers are refused. */
const mostRefusals = 100_000
const deletionMark = 'history-deleted-day'
/** Small enough that other writes never wait for long. */
const rowsAtOnce = 500
const defaultPauseMs = 20

/** Once a minute: sums up hours and days that are over, and deletes what is too old. */
export function startRetention(deps: RetentionDeps) {
  const stop = new AbortController()
  let running: Promise<void> | undefined
  const timer = setInterval(() => {
    running ??= runRetention(deps, stop.signal)
      .catch((error: unknown) => {
        if (!stop.signal.aborted) deps.onError(error)
      })
      .finally(() => {
        running = undefined
      })
  }, minuteMs)
  timer.unref()
  return {
    /** Waits for the statement that is running. */
    async close() {
      clearInterval(timer)
      stop.abort()
      await running
    },
  }
}

/** Does all that is due now. What is interrupted is done the next time. */
export async function runRetention(deps: RetentionDeps, signal: AbortSignal): Promise<void> {
  const run: Run = {
    signal,
    pause: () => sleep(deps.pauseMs ?? defaultPauseMs, undefined, { signal }),
  }
  await mergeHours(deps, run)
  await mergeDays(deps, run)
  await mergeKeyDays(deps, run)
  await deleteSums(deps, run)
  await deleteRows(deps, run)
}

type Run = { readonly signal: AbortSignal; readonly pause: () => Promise<void> }

async function mergeHours({ storage, now }: RetentionDeps, { signal }: Run): Promise<void> {
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

async function mergeDays(deps: RetentionDeps, { signal }: Run): Promise<void> {
  const { storage, calendar } = deps
  const { usage } = storage
  const marks = await usage.marks()
  const first = (await usage.oldest('rollups', 'hour')) ?? marks.hoursUntil
  let from = marks.daysUntil === 0 ? calendar.startOfDay(first) : marks.daysUntil
  for (;;) {
    signal.throwIfAborted()
    const to = calendar.nextDay(from)
    if (to > marks.hoursUntil) return
    await usage.mergeDay({ from, to })
    from = to
  }
}

async function mergeKeyDays(deps: RetentionDeps, { pause }: Run): Promise<void> {
  const { usage } = deps.storage
  const before = startOfUtcDay(deps.now() - keyHoursKeptMs)
  for (;;) {
    const oldest = await usage.oldest('key_rollups', 'hour')
    if (oldest === undefined || oldest >= before) return
    const from = startOfUtcDay(oldest)
    let key: number | undefined = 0
    while (key !== undefined) {
      key = await usage.mergeKeys({ from, to: from + dayMs }, key)
      await pause()
    }
  }
}

const startOfUtcDay = (at: number) => at - (at % dayMs)

async function deleteSums({ storage, now }: RetentionDeps, run: Run): Promise<void> {
  const { usage } = storage
  const { hoursUntil, daysUntil } = await usage.marks()
  const old = [
    // A day that does not begin on the hour is summed from minutes.
    ['rollups', 'minute', Math.min(now() - minutesKeptMs, hoursUntil, daysUntil)],
    ['rollups', 'hour', Math.min(now() - hoursKeptMs, daysUntil)],
    ['rollups', 'day', now() - daysKeptMs],
    ['key_rollups', 'day', now() - daysKeptMs],
  ] as const
  for (const [table, span, before] of old) {
    await untilNone(() => usage.deleteSums({ table, span, before, limit: rowsAtOnce }), run)
  }
}

async function deleteRows(deps: RetentionDeps, run: Run): Promise<void> {
  const { storage, settings, calendar, now } = deps
  const { meta, retention, audit, refusals } = storage
  const at = now()
  const policy = settings()
  const today = String(calendar.startOfDay(at))
  if (calendar.hourOfDay(at) < deletionHour) return
  if ((await meta.get(deletionMark)) === today) return
  if (policy.autoDeleteErrorLogsEnabled) {
    const before = at - policy.autoDeleteErrorLogsDays * dayMs
    await untilNone(() => retention.deleteErrors(before, rowsAtOnce), run)
  }
  const days = policy.autoDeleteErrorLogsEnabled ? policy.autoDeleteErrorLogsDays : Infinity
  const old = { before: at - days * dayMs, most: mostRefusals }
  await untilNone(() => refusals.deleteOld(old, rowsAtOnce), run)
  if (policy.autoDeleteRequestLogsEnabled) {
    const before = at - policy.autoDeleteRequestLogsDays * dayMs
    await untilNone(() => retention.deleteAttempts(before, rowsAtOnce), run)
  }
  if (policy.auditLogDays > 0) {
    const before = at - policy.auditLogDays * dayMs
    await untilNone(() => audit.deleteOld(before, rowsAtOnce), run)
  }
  await retention.deleteEmptyParts()
  await meta.set(deletionMark, today)
}

async function untilNone(deleteSome: () => Promise<number>, run: Run): Promise<void> {
  for (;;) {
    run.signal.throwIfAborted()
    if ((await deleteSome()) === 0) return
    await run.pause()
  }
}
