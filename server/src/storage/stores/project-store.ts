import type { ProjectStore, ProjectSettings } from '../../keys/stores.ts'
import type { Kysely, Selectable } from 'kysely'
import type { LimitOverrides, ProjectId } from '../../keys/types.ts'
import type { Schema } from '../database/schema.ts'
import { inTransaction } from '../database/in-transaction.ts'

type Stored = Selectable<Schema['projects']>
type StoredLimits = Selectable<Schema['project_limits']>

export function createProjectStore(db: Kysely<Schema>, now: () => number): ProjectStore {
  return {
    async all() {
      const projects = await db.selectFrom('projects').selectAll().orderBy('id').execute()
      const limits = await db.selectFrom('project_limits').selectAll().execute()
      const rows = new Map<ProjectId, Stored | undefined>()
      for (const { project } of limits) rows.set(project, undefined)
      for (const row of projects) rows.set(row.id, row)
      const byProject = new Map<ProjectId, StoredLimits[]>()
      for (const row of limits) {
        byProject.set(row.project, [...(byProject.get(row.project) ?? []), row])
      }
      return [...rows].map(([id, row]) => settingsOf(id, row, byProject.get(id) ?? []))
    },
    async get(id) {
      const row = await db
        .selectFrom('projects')
        .selectAll()
        .where('id', '=', id)
        .executeTakeFirst()
      const limits = db.selectFrom('project_limits').selectAll().where('project', '=', id)
      return settingsOf(id, row, await limits.execute())
    },
    change: (id, patch) =>
      inTransaction(db, async (step) => {
        const known = await step
          .selectFrom('projects')
          .selectAll()
          .where('id', '=', id)
          .executeTakeFirst()
        const { label, paid } = { ...(known && settingsOf(id, known, [])), ...patch }
        // Delete and insert is the only replace that every database has.
        await step.deleteFrom('projects').where('id', '=', id).execute()
        const values = { label: label ?? null, paid: paid === undefined ? null : Number(paid) }
        await step
          .insertInto('projects')
          .values({ id, ...values, updated_at: now() })
          .execute()
      }),
    setLimits: (project, lane, { minuteRequests, minuteTokens, dayRequests }) =>
      inTransaction(db, async (step) => {
        const values = {
          minute_requests: minuteRequests ?? null,
          minute_tokens: minuteTokens ?? null,
          day_requests: dayRequests ?? null,
        }
        const row = step.deleteFrom('project_limits').where('project', '=', project)
        await row.where('lane', '=', lane).execute()
        if (Object.values(values).every((limit) => limit === null)) return
        await step
          .insertInto('project_limits')
          .values({ project, lane, ...values })
          .execute()
      }),
  }
}

function settingsOf(
  id: ProjectId,
  row: Stored | undefined,
  limits: readonly StoredLimits[],
): ProjectSettings {
  return {
    id,
    label: row?.label ?? undefined,
    paid: row === undefined || row.paid === null ? undefined : row.paid !== 0,
    limits: Object.fromEntries(limits.map((one) => [one.lane, overridesOf(one)])),
  }
}

function overridesOf(row: StoredLimits): LimitOverrides {
  return {
    ...(row.minute_requests !== null && { minuteRequests: row.minute_requests }),
    ...(row.minute_tokens !== null && { minuteTokens: row.minute_tokens }),
    ...(row.day_requests !== null && { dayRequests: row.day_requests }),
  }
}
