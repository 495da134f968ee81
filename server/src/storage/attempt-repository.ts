import { CompiledQuery, type Kysely } from 'kysely'
import { chunks } from './chunks.ts'
import { readAttempt, writeAttempt, type AttemptRow, type StoredAttempt } from './attempt-row.ts'
import type { Schema } from './schema.ts'

/** Undefined and absent: no matter. */
export type AttemptFilter = {
  readonly requestId?: string | undefined
  readonly keyId?: number | undefined
  readonly project?: string | undefined
  readonly lane?: string | undefined
  readonly model?: string | undefined
  readonly caller?: string | undefined
  readonly verdict?: string | undefined
  readonly status?: number | undefined
  /** Inclusive. */
  readonly from?: number | undefined
  /** Exclusive. */
  readonly to?: number | undefined
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
export type AttemptRepository = {
  /** All of them or none. */
  insertMany(rows: readonly AttemptRow[]): Promise<void>
  /** Latest written first. */
  list(filter: AttemptFilter, page?: AttemptPage): Promise<AttemptList>
  /** Deletes attempts older than `at`, at most `limit`, and answers how many: to be called until none are left. */
  deleteBefore(at: number, limit: number): Promise<number>
}

const deletesAtOnce = 250
const pageSize = 100
const largestPage = 1000

type Written = ReturnType<typeof writeAttempt>

/** A statement per size is compiled once: to compile one for each batch costs more than to run it. */
const batchSizes = [128, 16, 1]
const insertsBySize = new WeakMap<Kysely<Schema>, Map<number, string>>()

function insertOf(db: Kysely<Schema>, rows: readonly Written[]): string {
  const inserts = insertsBySize.get(db) ?? new Map<number, string>()
  insertsBySize.set(db, inserts)
  const insert = inserts.get(rows.length) ?? db.insertInto('attempts').values(rows).compile().sql
  inserts.set(rows.length, insert)
  return insert
}

function inBatches(rows: readonly Written[]): Written[][] {
  const batches: Written[][] = []
  for (let at = 0; at < rows.length;) {
    const size = batchSizes.find((one) => one <= rows.length - at) ?? 1
    batches.push(rows.slice(at, at + size))
    at += size
  }
  return batches
}

export function createAttemptRepository(db: Kysely<Schema>): AttemptRepository {
  return {
    async insertMany(rows) {
      if (rows.length === 0) return
      await db.transaction().execute(async (step) => {
        for (const some of inBatches(rows.map(writeAttempt))) {
          const parameters = some.flatMap((row) => Object.values(row))
          await step.executeQuery(CompiledQuery.raw(insertOf(db, some), parameters))
        }
      })
    },

    async list(filter, { limit = pageSize, before } = {}) {
      const size = Math.min(Math.max(1, limit), largestPage)
      let query = matching(db, filter)
        .orderBy('id', 'desc')
        .limit(size + 1)
      if (before !== undefined) query = query.where('id', '<', before)
      const found = (await query.execute()).map(readAttempt)
      const rows = found.slice(0, size)
      return { rows, next: found.length > size ? rows.at(-1)?.id : undefined }
    },

    async deleteBefore(at, limit) {
      const old = await db
        .selectFrom('attempts')
        .select('id')
        .where('at', '<', at)
        .orderBy('at')
        .limit(limit)
        .execute()
      for (const some of chunks(old, 2 * deletesAtOnce)) {
        const ids = some.map(({ id }) => id)
        await db.deleteFrom('attempts').where('id', 'in', ids).execute()
      }
      return old.length
    },
  }
}

function matching(db: Kysely<Schema>, filter: AttemptFilter) {
  const { from, to } = filter
  const equal = [
    ['request_id', filter.requestId] as const,
    ['key_id', filter.keyId] as const,
    ['project', filter.project] as const,
    ['lane', filter.lane] as const,
    ['model', filter.model] as const,
    ['caller', filter.caller] as const,
    ['verdict', filter.verdict] as const,
    ['status', filter.status] as const,
  ]
  return db
    .selectFrom('attempts')
    .selectAll()
    .where((where) =>
      where.and([
        ...equal.flatMap(([column, value]) =>
          value === undefined ? [] : [where(column, '=', value)],
        ),
        ...(from === undefined ? [] : [where('at', '>=', from)]),
        ...(to === undefined ? [] : [where('at', '<', to)]),
      ]),
    )
}
