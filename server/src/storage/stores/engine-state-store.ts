import type { EngineStateStore } from '../../keys/stores.ts'
import type { Kysely } from 'kysely'
import { createHash } from 'node:crypto'
import { stateVersion, type StateChange, type StateRow } from '../../keys/state-rows.ts'
import { chunks } from '../../runtime/chunks.ts'
import type { Schema } from '../database/schema.ts'
import { inTransaction } from '../database/in-transaction.ts'

const rowsAtOnce = 500
const longestId = 400

export function createEngineStateStore(db: Kysely<Schema>, now: () => number): EngineStateStore {
  return {
    async all() {
      const stored = await db.selectFrom('engine_state').select('json').orderBy('id').execute()
      return stored.map(({ json }) => readRow(json)).filter((row) => row !== undefined)
    },
    async apply(changes) {
      if (changes.length === 0) return
      // The last change of an id counts.
      const last = [...new Map(changes.map(fitted).map((change) => [change.id, change])).values()]
      await inTransaction(db, async (step) => {
        for (const some of chunks(last, rowsAtOnce)) await write(step, some, now())
      })
    },
  }
}

/** Clients name models, and so lanes: an id longer than its column is replaced by its digest. */
function fitted({ id, row }: StateChange): StateChange {
  const digest = () => createHash('sha256').update(id).digest('hex')
  return { id: id.length <= longestId ? id : digest(), row }
}

async function write(step: Kysely<Schema>, changes: StateChange[], at: number): Promise<void> {
  const ids = changes.map(({ id }) => id)
  const rows = changes.flatMap(({ id, row }) =>
    row === undefined ? [] : [{ id, json: JSON.stringify(row), updated_at: at }],
  )
  await step.deleteFrom('engine_state').where('id', 'in', ids).execute()
  if (rows.length > 0) await step.insertInto('engine_state').values(rows).execute()
}

function readRow(json: string): StateRow | undefined {
  try {
    const row: unknown = JSON.parse(json)
    return isStateRow(row) ? row : undefined
  } catch {
    return undefined
  }
}

/** Only this program writes rows, and a new shape changes the version: nothing else needs a check. */
function isStateRow(row: unknown): row is StateRow {
  return (
    typeof row === 'object' &&
    row !== null &&
    'version' in row &&
    row.version === stateVersion &&
    'kind' in row &&
    (row.kind === 'key' || row.kind === 'project' || row.kind === 'lane')
  )
}
