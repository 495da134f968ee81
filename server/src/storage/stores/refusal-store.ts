import type { Kysely } from 'kysely'
import type { RefusalStore, StoredRefusal } from '../../telemetry/stores.ts'
import type { Schema } from '../database/schema.ts'

export function createRefusalStore(db: Kysely<Schema>): RefusalStore {
  return {
    async insertMany(rows) {
      if (rows.length === 0) return
      const written = rows.map(({ requestId, caller = '', leftOut, ...row }) => ({
        ...row,
        address: row.address.slice(0, 64),
        verb: row.verb.slice(0, 20),
        request_id: requestId,
        caller,
        left_out: leftOut,
      }))
      await db.insertInto('refusals').values(written).execute()
    },

    async list({ requestId, code, surface, caller, from, to }, { limit, before }) {
      let query = db
        .selectFrom('refusals')
        .selectAll()
        .orderBy('id', 'desc')
        .limit(limit + 1)
      if (requestId !== undefined) query = query.where('request_id', '=', requestId)
      if (code !== undefined) query = query.where('code', '=', code)
      if (surface !== undefined) query = query.where('surface', '=', surface)
      if (caller !== undefined) query = query.where('caller', '=', caller)
      if (from !== undefined) query = query.where('at', '>=', from)
      if (to !== undefined) query = query.where('at', '<', to)
      if (before !== undefined) query = query.where('id', '<', before)
      const found = await query.execute()
      const rows = found.slice(0, limit).map(read)
      return { rows, next: found.length > limit ? rows.at(-1)?.id : undefined }
    },

    async deleteOld({ before, most }, limit) {
      const newest = db.selectFrom('refusals').select('id').orderBy('id', 'desc').limit(1)
      const last = await newest.executeTakeFirst()
      const oldest = await db
        .selectFrom('refusals')
        .select(['id', 'at'])
        .orderBy('id')
        .limit(limit)
        .execute()
      const firstKept = (last?.id ?? 0) - most
      const old = oldest.filter(({ id, at }) => at < before || id <= firstKept)
      if (old.length === 0) return 0
      const ids = old.map(({ id }) => id)
      await db.deleteFrom('refusals').where('id', 'in', ids).execute()
      return old.length
    },
  }
}

type Row = Omit<StoredRefusal, 'requestId' | 'leftOut' | 'caller'> & {
  readonly request_id: string
  readonly caller: string
  readonly left_out: number
}

function read({ request_id: requestId, left_out: leftOut, caller, ...row }: Row): StoredRefusal {
  return { ...row, requestId, leftOut, caller: caller === '' ? undefined : caller }
}
