import type { SessionStore } from '../../auth/stores.ts'
import type { Kysely } from 'kysely'
import type { AdminSession } from '../../auth/admins/admin-sessions.ts'
import { chunks } from '../../runtime/chunks.ts'
import type { Schema } from '../database/schema.ts'
import { inTransaction } from '../database/in-transaction.ts'

const rowsAtOnce = 500

export function createSessionStore(db: Kysely<Schema>): SessionStore {
  return {
    async all() {
      const rows = await db
        .selectFrom('sessions')
        .selectAll()
        .orderBy('created_at')
        .orderBy('digest')
        .execute()
      return rows.map(({ token_mark, created_at, expires_at, user_agent, ...row }) => ({
        ...row,
        tokenMark: token_mark,
        createdAt: created_at,
        expiresAt: expires_at,
        userAgent: user_agent,
      }))
    },
    async change({ removed, added }) {
      const gone = [...removed, ...added.map(({ digest }) => digest)]
      if (gone.length === 0) return
      await inTransaction(db, async (step) => {
        for (const some of chunks(gone, rowsAtOnce)) {
          await step.deleteFrom('sessions').where('digest', 'in', some).execute()
        }
        for (const some of chunks(added, rowsAtOnce)) {
          await step.insertInto('sessions').values(some.map(write)).execute()
        }
      })
    },
  }
}

function write({ digest, tokenMark, createdAt, expiresAt, address, userAgent }: AdminSession) {
  return {
    digest,
    token_mark: tokenMark,
    created_at: createdAt,
    expires_at: expiresAt,
    address,
    user_agent: userAgent,
  }
}
