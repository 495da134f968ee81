import type { ClientTokenStore } from '../../auth/stores.ts'
import { clientDialects, type ClientDialect } from '@gemini-balance/contract'
import type { Insertable, Kysely, Selectable } from 'kysely'
import type { ClientToken, TokenLimits, TokenTerms } from '../../auth/clients/client-token.ts'
import { chunks } from '../../runtime/chunks.ts'
import type { Schema } from '../database/schema.ts'
import { inTransaction } from '../database/in-transaction.ts'

const rowsAtOnce = 500

export function createClientTokenStore(db: Kysely<Schema>): ClientTokenStore {
  return {
    async all() {
      const rows = await db.selectFrom('client_tokens').selectAll().orderBy('id').execute()
      return rows.map(readToken)
    },
    async change({ removed, added }) {
      if (removed.length === 0 && added.length === 0) return
      await inTransaction(db, async (step) => {
        for (const some of chunks(removed, rowsAtOnce)) {
          await step.deleteFrom('client_tokens').where('digest', 'in', some).execute()
        }
        for (const some of chunks(added, rowsAtOnce)) {
          await step.insertInto('client_tokens').values(some.map(writeToken)).execute()
        }
      })
    },
    async update(digest, terms) {
      const result = await db
        .updateTable('client_tokens')
        .set(writeTerms(terms))
        .where('digest', '=', digest)
        .executeTakeFirst()
      return result.numUpdatedRows > 0n
    },
  }
}

type Row = Selectable<Schema['client_tokens']>

function readToken(row: Row): ClientToken {
  return {
    digest: row.digest,
    hint: row.hint,
    name: row.name,
    source: row.source === 'settings' ? 'settings' : 'admin',
    enabled: row.enabled !== 0,
    expiresAt: row.expires_at ?? undefined,
    allowedModels: readList(row.allowed_models)?.map(String),
    allowedDialects: readList(row.allowed_dialects)?.filter(isDialect),
    limits: readLimits(row.limits),
    createdAt: row.created_at,
  }
}

function writeToken(token: ClientToken): Insertable<Schema['client_tokens']> {
  const { digest, hint, source, createdAt } = token
  return { digest, hint, source, created_at: createdAt, ...writeTerms(token) }
}

function writeTerms(terms: TokenTerms) {
  const { name, enabled, expiresAt, allowedModels, allowedDialects, limits } = terms
  return {
    name,
    enabled: Number(enabled),
    expires_at: expiresAt ?? null,
    allowed_models: writeList(allowedModels),
    allowed_dialects: writeList(allowedDialects),
    limits: JSON.stringify(limits),
  }
}

const writeList = (values: readonly string[] | undefined) =>
  values === undefined ? null : JSON.stringify(values)

function readList(json: string | null): unknown[] | undefined {
  if (json === null) return undefined
  const list: unknown = JSON.parse(json)
  return Array.isArray(list) ? list : undefined
}

const isDialect = (value: unknown): value is ClientDialect =>
  clientDialects.some((dialect) => dialect === value)

function readLimits(json: string): TokenLimits {
  const read: unknown = JSON.parse(json)
  const limits = typeof read === 'object' && read !== null ? Object.entries(read) : []
  return Object.fromEntries(limits.filter(([, value]) => typeof value === 'number'))
}
