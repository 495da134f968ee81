import type { Kysely, Selectable } from 'kysely'
import type { LimitOverrides } from '../../keys/lanes/limits.ts'
import type { ProjectId } from '../../keys/types.ts'
import type { Schema } from '../database/schema.ts'
import { inTransaction } from '../database/in-transaction.ts'

/** What a person said of a project. */
export type ProjectSettings = {
  readonly id: ProjectId
  readonly label: string | undefined
  readonly paid: boolean | undefined
  /** By lane, `*` for the others. */
  readonly limits: Readonly<Record<string, LimitOverrides>>
}
export type ProjectPatch = Partial<Pick<ProjectSettings, 'label' | 'paid'>>

/** What was said of projects; a project of which nobody said anything has no row. */
export type ProjectStore = {
  all(): Promise<ProjectSettings[]>
  get(id: ProjectId): Promise<ProjectSettings>
  /** Changes what the patch names; undefined takes a value away. */
  change(id: ProjectId, patch: ProjectPatch): Promise<void>
  /** Replaces what was said of the lane; without a limit nothing is said of it any more. */
  setLimits(id: ProjectId, lane: string, limits: LimitOverrides): Promise<void>
}

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
        // Taken out and put in: the one way to replace a row that every database has.
        await step.deleteFrom('projects').where('id', '=', id).execute()
        const said = { label: label ?? null, paid: paid === undefined ? null : Number(paid) }
        await step
          .insertInto('projects')
          .values({ id, ...said, updated_at: now() })
          .execute()
      }),
    setLimits: (project, lane, { minuteRequests, minuteTokens, dayRequests }) =>
      inTransaction(db, async (step) => {
        const said = {
          minute_requests: minuteRequests ?? null,
          minute_tokens: minuteTokens ?? null,
          day_requests: dayRequests ?? null,
        }
        const row = step.deleteFrom('project_limits').where('project', '=', project)
        await row.where('lane', '=', lane).execute()
        if (Object.values(said).every((limit) => limit === null)) return
        await step
          .insertInto('project_limits')
          .values({ project, lane, ...said })
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
