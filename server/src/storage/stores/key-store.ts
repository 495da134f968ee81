import type { KeyStore, KeyUse, KeyPatch, KeyRow } from '../../keys/stores.ts'
import { sql, type Kysely } from 'kysely'
import { yieldToEventLoop } from '../../runtime/slices/yield-to-event-loop.ts'
import { lastFour } from '../../log/last-four.ts'
import type { KeyId } from '../../keys/types.ts'
import { chunks } from '../../runtime/chunks.ts'
import type { SecretBox } from '../encryption/secret-box.ts'
import { readKey, writePatch } from './key-row.ts'
import type { Schema } from '../database/schema.ts'
import { inTransaction } from '../database/in-transaction.ts'

type Deps = { readonly now: () => number; readonly box: SecretBox }

const rowsAtOnce = 500
/** Building the statement for more would hold up requests. */
const insertsAtOnce = 50
/** So many sealed rows are opened in a few milliseconds. */
const pageSize = 1000

export function createKeyStore(db: Kysely<Schema>, deps: Deps): KeyStore {
  const { box } = deps
  return {
    all: () => inTransaction(db, (step) => keysAfter(step, 0, box)),

    async add(values) {
      const wanted = await byHash(values, box)
      return inTransaction(db, (step) => addTo(step, wanted, deps))
    },

    async syncValues(values) {
      const wanted = await byHash(values, box)
      return inTransaction(db, async (step) => {
        const stored = await hashesIn(step)
        const removed = stored.filter((row) => !wanted.has(row.value_hash)).map(({ id }) => id)
        await removeFrom(step, removed)
        return { added: await addTo(step, wanted, deps), removed }
      })
    },

    async find(values) {
      const wanted = await byHash(values, box)
      const found = new Map<string, KeyId>()
      for (const hashes of chunks([...wanted.keys()], rowsAtOnce)) {
        for (const { id, value_hash: hash } of await withHashes(db, hashes)) {
          found.set(wanted.get(hash) ?? '', id)
        }
      }
      return found
    },

    remove: (ids) => inTransaction(db, (step) => removeFrom(step, ids)),

    async update(patches) {
      await inTransaction(db, async (step) => {
        for (const [changes, ids] of alike(patches)) {
          for (const some of chunks(ids, rowsAtOnce)) {
            await step.updateTable('keys').set(changes).where('id', 'in', some).execute()
          }
        }
      })
    },

    async recordUse(uses) {
      for (const some of chunks(uses, insertsAtOnce)) await writeUse(db, some)
    },
  }
}

async function addTo(
  step: Kysely<Schema>,
  wanted: ReadonlyMap<string, string>,
  { now, box }: Deps,
): Promise<KeyRow[]> {
  const newest = step.selectFrom('keys').select('id').orderBy('id', 'desc').limit(1)
  const last = await newest.executeTakeFirst()
  for (const some of chunks([...wanted], rowsAtOnce)) {
    const hashes = some.map(([hash]) => hash)
    const known = new Set((await withHashes(step, hashes)).map((row) => row.value_hash))
    const fresh = some
      .filter(([hash]) => !known.has(hash))
      .map(([hash, value]) => ({
        value: box.seal(value),
        value_hash: hash,
        ending: lastFour(value),
        priority: 0,
        weight: 1,
        disabled: 0,
        created_at: now(),
      }))
    for (const rows of chunks(fresh, insertsAtOnce)) {
      await step.insertInto('keys').values(rows).execute()
    }
  }
  // Ids only grow: the new ones come last.
  return keysAfter(step, last?.id ?? 0, box)
}

async function removeFrom(step: Kysely<Schema>, ids: readonly KeyId[]): Promise<void> {
  for (const some of chunks(ids, rowsAtOnce)) {
    await step.deleteFrom('keys').where('id', 'in', some).execute()
  }
}

/** Equal patches are one statement; changes of many keys mostly are. */
function alike(patches: ReadonlyMap<KeyId, KeyPatch>) {
  const groups = new Map<string, [ReturnType<typeof writePatch>, KeyId[]]>()
  for (const [id, patch] of patches) {
    const changes = writePatch(patch)
    const name = JSON.stringify(changes)
    const group = groups.get(name)
    if (group) group[1].push(id)
    else if (name !== '{}') groups.set(name, [changes, [id]])
  }
  return groups.values()
}

/** Literals, because PostgreSQL types parameters in a `case` as text. */
const whenThen = (id: KeyId, at: number) => sql`when ${sql.lit(id)} then ${sql.lit(at)}`

async function writeUse(db: Kysely<Schema>, uses: readonly KeyUse[]): Promise<void> {
  const last = uses.map(({ id, lastAt }) => whenThen(id, lastAt))
  const first = uses.map(({ id, firstAt }) => whenThen(id, firstAt))
  await db
    .updateTable('keys')
    .set({
      first_used_at: sql`coalesce(first_used_at, case id ${sql.join(first, sql` `)} end)`,
      last_used_at: sql`case id ${sql.join(last, sql` `)} end`,
    })
    .where(
      'id',
      'in',
      uses.map(({ id }) => id),
    )
    .execute()
}

function withHashes(step: Kysely<Schema>, hashes: readonly string[]) {
  return step
    .selectFrom('keys')
    .select(['id', 'value_hash'])
    .where('value_hash', 'in', hashes)
    .execute()
}

function hashesIn(step: Kysely<Schema>) {
  return everyPage(0, (after) => page(step, after).select(['id', 'value_hash']).execute())
}

function keysAfter(step: Kysely<Schema>, after: number, box: SecretBox): Promise<KeyRow[]> {
  return everyPage(after, async (from) => {
    const rows = await page(step, from).selectAll().execute()
    return rows.map((row) => readKey(row, box))
  })
}

function page(step: Kysely<Schema>, after: number) {
  return step.selectFrom('keys').where('id', '>', after).orderBy('id').limit(pageSize)
}

/** All rows, page by page: 50 000 at once would hold up requests for a tenth of a second. */
async function everyPage<Row extends { readonly id: number }>(
  from: number,
  read: (after: number) => Promise<Row[]>,
): Promise<Row[]> {
  const rows: Row[] = []
  let next: Row[]
  do {
    next = await read(rows.at(-1)?.id ?? from)
    for (const row of next) rows.push(row)
  } while (next.length === pageSize)
  return rows
}

/** Values without duplicates, by their hash. 50 000 take a moment, so requests are let in between. */
async function byHash(values: readonly string[], box: SecretBox): Promise<Map<string, string>> {
  const hashed = new Map<string, string>()
  for (const some of chunks(values, 2 * rowsAtOnce)) {
    for (const value of some.map((text) => text.trim()).filter((text) => text !== '')) {
      hashed.set(box.fingerprint(value), value)
    }
    await yieldToEventLoop()
  }
  return hashed
}
