import { sql, type Kysely, type RawBuilder } from 'kysely'
import type { Schema } from '../database/schema.ts'
import { idsInPart, partOf } from './part-of.ts'
import { resolveFilter, type Resolved } from './filter.ts'
import type { AttemptFilter } from '../../telemetry/stores.ts'

/** The tables whose rows are grouped in parts. */
export type LoggedTable = 'attempts' | 'errors'

export type Search = {
  readonly table: LoggedTable
  readonly filter: AttemptFilter
  readonly order: 'asc' | 'desc'
  readonly limit: number
  /** Beyond this id, in the order of the search. */
  readonly beyond?: number | undefined
  /** One more condition on `logged`, without an index. */
  readonly also?: RawBuilder<unknown> | undefined
}

/** Parts searched by one statement: few at first, because the first often has enough. */
const mostPartsAtOnce = 8
/** With more keys than these, filtering rows is quicker than looking up each key. */
const fewKeys = 20

/** The ids of matching rows, in the order of the search. */
export async function findLogged(db: Kysely<Schema>, search: Search): Promise<number[]> {
  const resolved = await resolveFilter(db, search.filter)
  if (resolved === undefined) return []
  const parts = await findParts(db, search)
  const needsIndex = resolved.kinds !== undefined || resolved.keys !== undefined
  const found: number[] = []
  for (const some of growing(parts, needsIndex ? 1 : parts.length)) {
    const limit = search.limit - found.length
    const { rows } = await sql<{ id: number }>`select logged.id as id
      ${selection(search, resolved, some)}
      order by logged.id ${sql.raw(search.order)} limit ${sql.lit(limit)}`.execute(db)
    found.push(...rows.map(({ id }) => id))
    if (found.length >= search.limit) break
  }
  return found
}

/** The list in slices, each twice as long as the one before. */
function* growing<T>(list: readonly T[], first: number): Generator<readonly T[]> {
  let size = first
  for (let at = 0; at < list.length;) {
    yield list.slice(at, at + size)
    at += size
    size = Math.min(size * 2, mostPartsAtOnce)
  }
}

/** How many match. */
export async function countLogged(db: Kysely<Schema>, search: Search): Promise<number> {
  const resolved = await resolveFilter(db, search.filter)
  if (resolved === undefined) return 0
  const parts = await findParts(db, search)
  if (parts.length === 0) return 0
  const { rows } = await sql<{ count: number }>`select count(*) as count ${selection(
    search,
    resolved,
    parts,
  )}`.execute(db)
  return rows[0]?.count ?? 0
}

type Part = { readonly part: number; readonly first_at: number; readonly last_at: number }

/** The parts that may hold a match, in the order of the search. */
async function findParts(
  db: Kysely<Schema>,
  { filter: { from, to }, order, beyond }: Search,
): Promise<Part[]> {
  let query = db.selectFrom('log_parts').selectAll().orderBy('part', order)
  if (from !== undefined) query = query.where('last_at', '>=', from)
  if (to !== undefined) query = query.where('first_at', '<', to)
  if (beyond !== undefined)
    query = query.where('part', order === 'desc' ? '<=' : '>=', partOf(beyond))
  return query.execute()
}

function selection(
  { table, filter, order, beyond, also }: Search,
  { kinds, keys, project }: Resolved,
  parts: readonly Part[],
): RawBuilder<unknown> {
  const numbers = parts.map(({ part }) => part)
  const lowest = Math.min(...numbers)
  const highest = Math.max(...numbers)
  const conditions: RawBuilder<unknown>[] = []
  if (beyond !== undefined) {
    conditions.push(order === 'desc' ? sql`logged.id < ${beyond}` : sql`logged.id > ${beyond}`)
  }
  conditions.push(...timeConditions(filter, parts))
  if (project !== undefined && table === 'attempts') {
    conditions.push(sql`logged.project_id = ${project}`)
  }
  if (also !== undefined) conditions.push(also)
  if (kinds === undefined && keys === undefined) {
    conditions.push(
      sql`logged.id >= ${lowest * idsInPart} and logged.id < ${(highest + 1) * idsInPart}`,
    )
    return sql`from ${sql.table(table)} as logged where ${sql.join(conditions, sql` and `)}`
  }
  // With few keys the index by key is used; `+ 0` hides the other column from the planner.
  const byKey = keys !== undefined && (keys.length <= fewKeys || kinds === undefined)
  conditions.push(
    byKey || kinds === undefined
      ? sql`logged.part in (${sql.join(numbers)})`
      : sql`logged.part in (select part from part_kinds where kind_id in (${sql.join(kinds)})
          and part between ${lowest} and ${highest})`,
  )
  if (kinds !== undefined) conditions.push(isOneOf(`kind_id`, kinds, !byKey))
  if (keys !== undefined) conditions.push(isOneOf(`key_id`, keys, keys.length <= fewKeys))
  return sql`from ${sql.table(table)} as logged where ${sql.join(conditions, sql` and `)}`
}

function isOneOf(column: string, values: readonly number[], byIndex: boolean): RawBuilder<unknown> {
  const found = sql.ref(`logged.${column}`)
  return sql`${byIndex ? found : sql`${found} + 0`} in (${sql.join(values)})`
}

/** Times are not in the indices: rows are filtered by time only where a part extends beyond the range. */
function timeConditions(
  { from, to }: AttemptFilter,
  parts: readonly Part[],
): RawBuilder<unknown>[] {
  const conditions: RawBuilder<unknown>[] = []
  if (from !== undefined && parts.some(({ first_at }) => first_at < from)) {
    conditions.push(sql`logged.at >= ${from}`)
  }
  if (to !== undefined && parts.some(({ last_at }) => last_at >= to)) {
    conditions.push(sql`logged.at < ${to}`)
  }
  return conditions
}
