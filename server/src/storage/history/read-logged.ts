import type { Selectable } from 'kysely'
import { chunks } from '../../runtime/chunks.ts'
import type { Schema } from '../database/schema.ts'

/** So many rows come from another thread without holding up requests. */
const rowsAtOnce = 100

/** The rows of these ids, read some at a time. */
export async function readLogged<Row>(
  ids: readonly number[],
  read: (some: readonly number[]) => Promise<readonly Row[]>,
): Promise<Row[]> {
  const rows: Row[] = []
  for (const some of chunks(ids, rowsAtOnce)) rows.push(...(await read(some)))
  return rows
}

export const kindColumns = [
  'kinds.model',
  'kinds.lane',
  'kinds.dialect',
  'kinds.method',
  'kinds.caller',
  'kinds.status',
  'kinds.verdict',
  'kinds.streamed',
] as const

export type KindColumns = Omit<Selectable<Schema['kinds']>, 'id' | 'digest'>

type Logged = KindColumns & Pick<Schema['errors'], 'id' | 'request_id' | 'at' | 'key_id'>

/** What rows of attempts and of errors have in common. */
export const loggedFields = (row: Logged) => ({
  id: row.id,
  requestId: row.request_id,
  at: row.at,
  keyId: row.key_id,
  model: row.model,
  dialect: row.dialect,
  method: row.method,
  caller: row.caller === '' ? undefined : row.caller,
  status: row.status,
  verdict: row.verdict,
})
