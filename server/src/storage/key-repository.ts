import type { Kysely } from 'kysely'
import { createHash } from 'node:crypto'
import { setImmediate as breathe } from 'node:timers/promises'
import type { KeyEntry } from '../keys/entities.ts'
import type { KeyId } from '../keys/port.ts'
import { chunks } from './chunks.ts'
import { readKey, writePatch, type KeyPatch } from './key-row.ts'
import type { Schema } from './schema.ts'

/** A key as it is stored; the engine takes it as it is. */
export type KeyRow = KeyEntry & { readonly label: string | undefined; readonly createdAt: number }

export type KeySync = {
  readonly added: readonly KeyId[]
  readonly removed: readonly KeyId[]
  readonly kept: readonly KeyId[]
}

/** The keys. */
export type KeyRepository = {
  /** In the order in which they were added. */
  all(): Promise<KeyRow[]>
  /** Makes the stored keys equal to the list, in one step; what is known of those that stay is kept. Blanks and doubles are passed over. */
  syncValues(values: readonly string[]): Promise<KeySync>
  /** Changes what the patch names; undefined takes a value away. Answers false when there is no such key. */
  update(id: KeyId, patch: KeyPatch): Promise<boolean>
}

const rowsAtOnce = 500
const pageSize = 5000

export function createKeyRepository(db: Kysely<Schema>, now: () => number): KeyRepository {
  return {
    async all() {
      return db.transaction().execute((step) =>
        everyPage(async (after) => {
          const rows = await page(step, after).selectAll().execute()
          return rows.map(readKey)
        }),
      )
    },

    async syncValues(values) {
      const wanted = await byHash(values)
      return db.transaction().execute(async (step) => {
        const stored = await hashesIn(step)
        const known = new Set(stored.map((row) => row.value_hash))
        const gone = stored.filter((row) => !wanted.has(row.value_hash))
        const fresh = [...wanted].filter(([hash]) => !known.has(hash))
        for (const some of chunks(gone, rowsAtOnce)) {
          await step.deleteFrom('keys').where('id', 'in', idsOf(some)).execute()
        }
        for (const some of chunks(fresh, rowsAtOnce)) {
          const rows = some.map(([hash, value]) => newKey(hash, value, now()))
          await step.insertInto('keys').values(rows).execute()
        }
        // Ids only grow: the new ones come after all that were there.
        const added = fresh.length === 0 ? [] : await hashesIn(step, stored.at(-1)?.id)
        return {
          added: idsOf(added),
          removed: idsOf(gone),
          kept: idsOf(stored.filter((row) => wanted.has(row.value_hash))),
        }
      })
    },

    async update(id, patch) {
      const changes = writePatch(patch)
      if (Object.keys(changes).length === 0) {
        const row = await db.selectFrom('keys').select('id').where('id', '=', id).executeTakeFirst()
        return row !== undefined
      }
      const done = await db.updateTable('keys').set(changes).where('id', '=', id).executeTakeFirst()
      return done.numUpdatedRows > 0n
    },
  }
}

function idsOf(rows: readonly { readonly id: KeyId }[]): KeyId[] {
  return rows.map(({ id }) => id)
}

function hashesIn(step: Kysely<Schema>, from = 0) {
  return everyPage((after) => page(step, after).select(['id', 'value_hash']).execute(), from)
}

function page(step: Kysely<Schema>, after: number) {
  return step.selectFrom('keys').where('id', '>', after).orderBy('id').limit(pageSize)
}

/** All rows, but never so many at once that requests would have to wait: 50 000 would hold them up for a tenth of a second. */
async function everyPage<Row extends { readonly id: number }>(
  read: (after: number) => Promise<Row[]>,
  from = 0,
): Promise<Row[]> {
  const rows: Row[] = []
  let next: Row[]
  do {
    next = await read(rows.at(-1)?.id ?? from)
    for (const row of next) rows.push(row)
  } while (next.length === pageSize)
  return rows
}

function newKey(hash: string, value: string, at: number) {
  return { value, value_hash: hash, priority: 0, weight: 1, disabled: 0, created_at: at }
}

/** Values without doubles, by their hash. 50 000 of them take a moment, so requests are let in between. */
async function byHash(values: readonly string[]): Promise<Map<string, string>> {
  const hashed = new Map<string, string>()
  for (const some of chunks(values, 2 * rowsAtOnce)) {
    for (const value of some.map((text) => text.trim()).filter((text) => text !== '')) {
      hashed.set(createHash('sha256').update(value).digest('hex'), value)
    }
    await breathe()
  }
  return hashed
}
