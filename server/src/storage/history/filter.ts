import type { AttemptFilter } from '../../telemetry/stores.ts'
import { sql, type Kysely, type SqlBool } from 'kysely'
import type { Schema } from '../database/schema.ts'

/** A filter by ids, as the indices need it; undefined matches all. */
export type Resolved = {
  readonly kinds: readonly number[] | undefined
  readonly keys: readonly number[] | undefined
  readonly project: number | undefined
}

/** Looks up the ids of the names; undefined where nothing can match. */
export async function resolveFilter(
  db: Kysely<Schema>,
  filter: AttemptFilter,
): Promise<Resolved | undefined> {
  const kinds = await findKinds(db, filter)
  const project = await findProject(db, filter.project)
  const keys = intersection(filter.keyIds, project?.keys)
  if (kinds?.length === 0 || keys?.length === 0) return undefined
  return { kinds, keys, project: project?.id }
}

async function findKinds(
  db: Kysely<Schema>,
  filter: AttemptFilter,
): Promise<readonly number[] | undefined> {
  const { model, lane, dialect, method, caller, verdict, status, streamed } = filter
  const wanted = Object.entries({
    model,
    lane,
    dialect,
    method,
    caller,
    verdict,
    status,
    streamed: streamed === undefined ? undefined : Number(streamed),
  }).filter(([, value]) => value !== undefined)
  if (wanted.length === 0) return undefined
  const found = await db
    .selectFrom('kinds')
    .select('id')
    .where(
      sql<SqlBool>`${sql.join(
        wanted.map(([column, value]) => sql`${sql.ref(column)} = ${value}`),
        sql` and `,
      )}`,
    )
    .execute()
  return found.map(({ id }) => id)
}

async function findProject(db: Kysely<Schema>, name: string | undefined) {
  if (name === undefined) return undefined
  const stored = await db
    .selectFrom('projects_seen as project')
    .leftJoin('project_keys as pair', 'pair.project_id', 'project.id')
    .select(['project.id', 'pair.key_id'])
    .where('project.name', '=', name)
    .execute()
  return { id: stored[0]?.id ?? 0, keys: stored.flatMap(({ key_id }) => key_id ?? []) }
}

function intersection(
  one: readonly number[] | undefined,
  other: readonly number[] | undefined,
): readonly number[] | undefined {
  if (one === undefined || other === undefined) return one ?? other
  const set = new Set(other)
  return one.filter((key) => set.has(key))
}
