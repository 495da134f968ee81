import type { ErrorStore, StoredError } from '../../telemetry/stores.ts'
import { sql, type Kysely, type RawBuilder } from 'kysely'
import { chunks } from '../../runtime/chunks.ts'
import type { Schema } from '../database/schema.ts'
import type { HistoryDeps } from './history-deps.ts'
import { kindColumns, loggedFields, readLogged } from './read-logged.ts'
import { countLogged, findLogged, type Search } from './find-logged.ts'
import { inTransaction } from '../database/in-transaction.ts'

const deletesAtOnce = 500

export function createErrorStore({ db, reads }: HistoryDeps): ErrorStore {
  return {
    async list(filter, { limit, offset, order }) {
      const search: Search = {
        table: 'errors',
        filter,
        order,
        limit: offset + limit,
        also: textCondition(filter.text),
      }
      const ids = await findLogged(reads, search)
      const total =
        ids.length < search.limit ? ids.length : await countLogged(reads, { ...search, order })
      return { rows: await readErrors(reads, ids.slice(offset), order), total }
    },

    async find(id) {
      const [error] = await readErrors(reads, [id], 'desc')
      if (error === undefined) return undefined
      const body = await reads
        .selectFrom('error_bodies')
        .select('body')
        .where('id', '=', id)
        .executeTakeFirst()
      return { ...error, body: body?.body }
    },

    async nearest({ keyIds, at, windowMs, status }) {
      const filter = { keyIds, from: at - windowMs, to: at + windowMs + 1 }
      const ids = await findLogged(reads, { table: 'errors', filter, order: 'desc', limit: 1000 })
      const rows = await readErrors(reads, ids, 'desc')
      const distance = (row: StoredError) => Math.abs(row.at - at)
      const isOther = (row: StoredError) => Number(row.status !== status)
      return rows.toSorted(
        (one, other) => isOther(one) - isOther(other) || distance(one) - distance(other),
      )[0]
    },

    async delete(ids) {
      let deleted = 0
      for (const some of chunks(ids, deletesAtOnce)) deleted += await deleteErrorRows(db, some)
      return deleted
    },

    async deleteAll() {
      const last = await db
        .selectFrom('errors')
        .select((select) => select.fn.max('id').as('id'))
        .executeTakeFirst()
      // Errors that are logged meanwhile stay.
      while ((await deleteOldest(db, last?.id ?? 0)) > 0);
    },
  }
}

async function deleteOldest(db: Kysely<Schema>, upTo: number): Promise<number> {
  const oldest = await db
    .selectFrom('errors')
    .select('id')
    .where('id', '<=', upTo)
    .orderBy('id')
    .limit(deletesAtOnce)
    .execute()
  return deleteErrorRows(
    db,
    oldest.map(({ id }) => id),
  )
}

export async function deleteErrorRows(db: Kysely<Schema>, ids: readonly number[]): Promise<number> {
  if (ids.length === 0) return 0
  return inTransaction(db, async (step) => {
    await step.deleteFrom('error_bodies').where('id', 'in', ids).execute()
    const { numDeletedRows } = await step
      .deleteFrom('errors')
      .where('id', 'in', ids)
      .executeTakeFirst()
    return Number(numDeletedRows)
  })
}

function textCondition(text: string | undefined): RawBuilder<unknown> | undefined {
  if (text === undefined || text === '') return undefined
  const pattern = `%${text.toLowerCase().replaceAll(/[%_!]/g, '!$&')}%`
  return sql`(lower(logged.message) like ${pattern} escape '!' or logged.kind_id in
    (select id from kinds where lower(verdict) like ${pattern} escape '!'))`
}

function readErrors(
  db: Kysely<Schema>,
  ids: readonly number[],
  order: 'asc' | 'desc',
): Promise<StoredError[]> {
  return readLogged(ids, async (some) => {
    const rows = await db
      .selectFrom('errors')
      .innerJoin('kinds', 'kinds.id', 'errors.kind_id')
      .selectAll('errors')
      .select(kindColumns)
      .where('errors.id', 'in', some)
      .orderBy('errors.id', order)
      .execute()
    return rows.map((row) => ({ message: row.message, ...loggedFields(row) }))
  })
}
