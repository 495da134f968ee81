import type { AttemptRow } from './request-log/attempt-row.ts'
import type { RefusalRow } from './refusals/refusal-row.ts'
import type { Histogram } from './usage/histogram.ts'

/** Which attempts; undefined matches all. */
export type AttemptFilter = {
  readonly requestId?: string | undefined
  readonly keyIds?: readonly number[] | undefined
  readonly project?: string | undefined
  readonly lane?: string | undefined
  readonly model?: string | undefined
  readonly dialect?: string | undefined
  readonly method?: string | undefined
  readonly caller?: string | undefined
  readonly verdict?: string | undefined
  readonly status?: number | undefined
  readonly streamed?: boolean | undefined
  /** Inclusive. */
  readonly from?: number | undefined
  /** Exclusive. */
  readonly to?: number | undefined
}

export type StoredAttempt = Omit<AttemptRow, 'error'> & {
  readonly id: number
  /** Google's message, where the attempt failed. */
  readonly message: string | undefined
}

export type AttemptPage = {
  readonly limit?: number | undefined
  /** `next` of the page before. */
  readonly before?: number | undefined
}

export type AttemptList = {
  readonly rows: readonly StoredAttempt[]
  /** Undefined when there are no more. */
  readonly next: number | undefined
}

/** The request log: one row per attempt. */
export type RequestLogStore = {
  /** With their errors and their sums; all or nothing. */
  insertMany(rows: readonly AttemptRow[]): Promise<void>
  /** Latest written first. */
  list(filter: AttemptFilter, page?: AttemptPage): Promise<AttemptList>
}

export type StoredError = {
  readonly id: number
  readonly requestId: string
  readonly at: number
  readonly keyId: number
  readonly model: string
  readonly dialect: string
  readonly method: string
  readonly caller: string | undefined
  readonly status: number
  readonly verdict: string
  readonly message: string
}

export type ErrorFilter = AttemptFilter & {
  /** Part of the message or the verdict, in any case. */
  readonly text?: string | undefined
}

export type ErrorPage = {
  readonly limit: number
  readonly offset: number
  readonly order: 'asc' | 'desc'
}

export type ErrorMoment = {
  readonly keyIds: readonly number[]
  readonly at: number
  readonly windowMs: number
  readonly status: number | undefined
}

/** Failed attempts with Google's message. */
export type ErrorStore = {
  list(
    filter: ErrorFilter,
    page: ErrorPage,
  ): Promise<{ rows: readonly StoredError[]; total: number }>
  find(id: number): Promise<(StoredError & { readonly body: string | undefined }) | undefined>
  /** The one nearest to a moment; one of that status before all others. */
  nearest(moment: ErrorMoment): Promise<StoredError | undefined>
  /** Returns how many were deleted. */
  delete(ids: readonly number[]): Promise<number>
  deleteAll(): Promise<void>
}

/** Each call deletes a small batch of old rows and returns how many: call again until it is 0. */
export type RetentionStore = {
  deleteAttempts(before: number, limit: number): Promise<number>
  deleteErrors(before: number, limit: number): Promise<number>
  /** Forgets parts of the log that are empty. */
  deleteEmptyParts(): Promise<void>
}

/** Up to when hours and days are summed up. Later times have minutes only. */
export type Marks = { readonly hoursUntil: number; readonly daysUntil: number }

export type Range = {
  /** Inclusive; the minute it is in counts as a whole. */
  readonly from: number
  /** Exclusive. */
  readonly to: number
  /** The range begins with a day, and sums by day are fine enough. */
  readonly byDay?: boolean
}

export type MergedSpan = { readonly from: number; readonly to: number }

/** Makes long spans out of short ones, and deletes what is no longer needed. */
export type RollupMerger = {
  marks(): Promise<Marks>
  /** Sums up one hour out of its minutes. */
  mergeHour(from: number): Promise<void>
  /** Sums up one day out of its hours, or of its minutes where the day does not begin with an hour. */
  mergeDay(day: MergedSpan): Promise<void>
  /** Sums up the hours of some keys to a day. Returns the key to go on with; undefined when all are done. */
  mergeKeys(day: MergedSpan, fromKey: number): Promise<number | undefined>
  /** When the oldest sum of this span begins. */
  oldest(table: SumsTable, span: Span): Promise<number | undefined>
  /** Deletes sums that began before a moment, at most `limit` rows. Returns how many. */
  deleteSums(what: OldSums): Promise<number>
}

export type Span = 'minute' | 'hour' | 'day'

export type SumsTable = 'rollups' | 'key_rollups'

export type OldSums = {
  readonly table: SumsTable
  readonly span: Span
  readonly before: number
  readonly limit: number
}

/** What sums can be grouped by. */
export type Dimension = 'model' | 'caller' | 'dialect' | 'method' | 'status' | 'verdict'

export type Sum = {
  readonly attempts: number
  readonly promptTokens: number
  readonly outputTokens: number
  readonly thoughtTokens: number
  readonly cachedTokens: number
}

export type KindSum = Sum & {
  readonly name: string | number
  readonly model: string
  readonly verdict: string
  readonly requests: number
}

export type MomentSum = Sum & {
  readonly at: number
  readonly verdict: string
  readonly requests: number
}

export type KeySum = Sum & {
  readonly keyId: number
  readonly model: string
  readonly status: number
  readonly verdict: string
  readonly lastAt: number
}

export type Times = { readonly durations: Histogram; readonly firstBytes: Histogram }

/** Sums of attempts, read without the request log. */
export type UsageStore = RollupMerger & {
  sums(range: Range, by: Dimension): Promise<KindSum[]>
  series(range: Range): Promise<MomentSum[]>
  /** How long answers took. */
  times(range: Range, by: Dimension): Promise<Map<string, Times>>
  /** By key, model and status, in whole hours. */
  sumsOfKey(keyId: number, range: Range): Promise<KeySum[]>
  /** The keys with the most attempts, or the most of one status. */
  busiestKeys(range: Range, options: BusiestKeys): Promise<KeyCount[]>
}

export type BusiestKeys = { readonly status?: number | undefined; readonly limit: number }

export type KeyCount = { readonly keyId: number; readonly count: number }

/** US dollars for a million tokens of a model, from a moment on. */
export type Price = {
  readonly model: string
  readonly since: number
  readonly prompt: number
  readonly output: number
  /** Prompt tokens that Google had in its cache. */
  readonly cached: number
  readonly source: string
}

export type PriceStore = {
  all(): Promise<Price[]>
  /** Replaces all prices. */
  replace(prices: readonly Price[]): Promise<void>
}

/** Something that an admin changed or asked to see. */
export type AuditRow = {
  readonly at: number
  /** Who: a session, or the admin token. */
  readonly actor: string
  /** What was done: `setting-changed`. */
  readonly action: string
  /** What it was done to: the name of a setting, `key 17`, `500 keys`. */
  readonly subject: string
  /** More about it. Never a secret. */
  readonly detail: Readonly<Record<string, unknown>>
}

export type StoredAudit = AuditRow & { readonly id: number }

export type AuditQuery = {
  readonly action?: string | undefined
  readonly limit: number
  /** `next` of the page before. */
  readonly before?: number | undefined
}

export type AuditList = { readonly rows: readonly StoredAudit[]; readonly next: number | undefined }

/** Who did what, and when. Rows never change. */
export type AuditStore = {
  /** All or nothing. */
  add(rows: readonly AuditRow[]): Promise<void>
  /** Latest written first. */
  list(query: AuditQuery): Promise<AuditList>
  /** Deletes older rows, at most `limit`. Returns how many. */
  deleteOld(before: number, limit: number): Promise<number>
}

export type StoredRefusal = RefusalRow & { readonly id: number }

/** Which refusals; undefined matches all. */
export type RefusalFilter = {
  readonly requestId?: string | undefined
  readonly code?: string | undefined
  readonly surface?: string | undefined
  readonly caller?: string | undefined
  /** Inclusive. */
  readonly from?: number | undefined
  /** Exclusive. */
  readonly to?: number | undefined
}

export type RefusalPage = {
  readonly limit: number
  /** `next` of the page before. */
  readonly before?: number | undefined
}

/** Requests that the gateway refused by its own rules. */
export type RefusalStore = {
  /** All or nothing. */
  insertMany(rows: readonly RefusalRow[]): Promise<void>
  /** Latest written first. */
  list(
    filter: RefusalFilter,
    page: RefusalPage,
  ): Promise<{ readonly rows: readonly StoredRefusal[]; readonly next: number | undefined }>
  /** Deletes what is older, and what is more than `most`; at most `limit` rows. Returns how many. */
  deleteOld(
    which: { readonly before: number; readonly most: number },
    limit: number,
  ): Promise<number>
}
