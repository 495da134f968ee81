import type { AuditStore, StoredAudit } from '../../telemetry/stores.ts'
import type { Kysely } from 'kysely'
import type { Schema } from '../database/schema.ts'

export function createAuditStore(db: Kysely<Schema>): AuditStore {
  return {
    async add(rows) {
      if (rows.length === 0) return
      const written = rows.map((row) => ({ ...row, detail: JSON.stringify(row.detail) }))
      await db.insertInto('audit').values(written).execute()
    },
    async list({ action, limit, before }) {
      let query = db
        .selectFrom('audit')
        .selectAll()
        .orderBy('id', 'desc')
        .limit(limit + 1)
      if (action !== undefined) query = query.where('action', '=', action)
      if (before !== undefined) query = query.where('id', '<', before)
      const found = await query.execute()
      const rows = found.slice(0, limit).map(read)
      return { rows, next: found.length > limit ? rows.at(-1)?.id : undefined }
    },
    async deleteOld(before, limit) {
      // Ids follow time, except where processes with different clocks share a database.
      const oldest = await db
        .selectFrom('audit')
        .select(['id', 'at'])
        .orderBy('id')
        .limit(limit)
        .execute()
      const old = oldest.filter(({ at }) => at < before).map(({ id }) => id)
      if (old.length > 0) await db.deleteFrom('audit').where('id', 'in', old).execute()
      return old.length
    },
  }
}

function read({ detail, ...row }: Omit<StoredAudit, 'detail'> & { detail: string }): StoredAudit {
  const read: unknown = JSON.parse(detail)
  return { ...row, detail: typeof read === 'object' && read !== null ? { ...read } : {} }
}
