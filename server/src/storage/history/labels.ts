import { createHash } from 'node:crypto'
import type { Kysely } from 'kysely'
import { bulkInsert, type BulkTarget } from '../database/bulk-insert.ts'
import type { Schema } from '../database/schema.ts'
import type { AttemptKind, AttemptRow } from '../../telemetry/request-log/attempt-row.ts'
import { inTransaction } from '../database/in-transaction.ts'

/** Clients may invent any number of names: beyond so many kinds, new ones share a model name. */
const kindsKept = 10_000
const namesKept = 100_000
const manyModels = '(others)'

const kindsTarget: BulkTarget = {
  table: 'kinds',
  columns: [
    'digest',
    'model',
    'lane',
    'dialect',
    'method',
    'caller',
    'status',
    'verdict',
    'streamed',
  ],
  onDuplicate: 'keep',
}
const projectsTarget: BulkTarget = {
  table: 'projects_seen',
  columns: ['name'],
  onDuplicate: 'keep',
}
const projectKeysTarget: BulkTarget = {
  table: 'project_keys',
  columns: ['project_id', 'key_id'],
  onDuplicate: 'keep',
}

/** The ids for the texts of a batch. */
export type Labelled = {
  /** Row by row. */
  readonly kinds: readonly number[]
  readonly projects: readonly number[]
}

/** Texts that repeat, each stored once and then named by an id. */
export type Labels = { label(rows: readonly AttemptRow[]): Promise<Labelled> }

export function createLabels(db: Kysely<Schema>): Labels {
  const kinds = new Map<string, number>()
  const projects = new Map<string, number>()
  /** The projects that each key was used in. */
  const pairs = new Map<number, readonly number[]>()

  async function labelKinds(rows: readonly AttemptRow[]) {
    const isFull = kinds.size >= kindsKept
    const found = new Map<string, AttemptKind>()
    const texts = rows.map((row) => {
      const text = kindText(row)
      if (kinds.has(text)) return text
      const kind = isFull ? withoutModel(row) : row
      const known = isFull ? kindText(kind) : text
      if (!kinds.has(known)) found.set(known, kind)
      return known
    })
    if (found.size > 0) {
      const stored = await inTransaction(db, (step) => storeKinds(step, found))
      for (const [text, id] of stored) kinds.set(text, id)
    }
    return texts.map((text) => kinds.get(text) ?? 0)
  }

  async function labelProjects(rows: readonly AttemptRow[]) {
    if (projects.size > namesKept) projects.clear()
    const found = new Set<string>()
    for (const { project } of rows) if (!projects.has(project)) found.add(project)
    if (found.size > 0) {
      const stored = await inTransaction(db, (step) => storeProjects(step, found))
      for (const [text, id] of stored) projects.set(text, id)
    }
    return rows.map(({ project }) => projects.get(project) ?? 0)
  }

  function newPairs(rows: readonly AttemptRow[], ids: readonly number[]) {
    const found = new Map<string, { key: number; project: number }>()
    for (const [at, { keyId: key }] of rows.entries()) {
      const project = ids[at] ?? 0
      if (pairs.get(key)?.includes(project) === true) continue
      found.set(`${key} ${project}`, { key, project })
    }
    return [...found.values()]
  }

  async function storePairs(rows: readonly AttemptRow[], ids: readonly number[]): Promise<void> {
    const found = newPairs(rows, ids)
    const values = found.flatMap(({ key, project }) => [project, key])
    await bulkInsert(db, projectKeysTarget, values)
    if (pairs.size > namesKept) pairs.clear()
    for (const { key, project } of found) {
      pairs.set(key, [project, ...(pairs.get(key) ?? [])].slice(0, projectsOfKey))
    }
  }

  return {
    async label(rows) {
      const kindIds = await labelKinds(rows)
      const projectIds = await labelProjects(rows)
      await storePairs(rows, projectIds)
      return { kinds: kindIds, projects: projectIds }
    },
  }
}

/** A key has one project, and perhaps earlier ones from before Google named it. */
const projectsOfKey = 4

const withoutModel = <Kind extends AttemptKind>(kind: Kind): Kind => ({
  ...kind,
  model: manyModels,
  lane: manyModels,
})

function kindText(kind: AttemptKind): string {
  const { model, lane, dialect, method, caller, status, verdict, streamed } = kind
  return `${model}\n${lane}\n${dialect}\n${method}\n${caller}\n${status}\n${verdict}\n${streamed}`
}

async function storeKinds(
  db: Kysely<Schema>,
  kinds: ReadonlyMap<string, AttemptKind>,
): Promise<Map<string, number>> {
  const digests = new Map([...kinds.keys()].map((text) => [digestOf(text), text]))
  const values = [...kinds].flatMap(([text, kind]) => kindValues(digestOf(text), kind))
  await bulkInsert(db, kindsTarget, values)
  const stored = await db
    .selectFrom('kinds')
    .select(['id', 'digest'])
    .where('digest', 'in', [...digests.keys()])
    .execute()
  return new Map(stored.map(({ id, digest }) => [digests.get(digest) ?? '', id]))
}

function kindValues(digest: string, kind: AttemptKind): unknown[] {
  const { model, lane, dialect, method, caller, status, verdict, streamed } = kind
  return [
    digest,
    model.slice(0, 200),
    lane.slice(0, 200),
    dialect.slice(0, 20),
    method.slice(0, 60),
    (caller ?? '').slice(0, 64),
    status,
    verdict.slice(0, 40),
    Number(streamed),
  ]
}

async function storeProjects(
  db: Kysely<Schema>,
  projects: ReadonlySet<string>,
): Promise<Map<string, number>> {
  const names = new Map([...projects].map((project) => [project.slice(0, 200), project]))
  await bulkInsert(db, projectsTarget, [...names.keys()])
  const stored = await db
    .selectFrom('projects_seen')
    .select(['id', 'name'])
    .where('name', 'in', [...names.keys()])
    .execute()
  return new Map(stored.map(({ id, name }) => [names.get(name) ?? name, id]))
}

const digestOf = (text: string) => createHash('sha256').update(text).digest('hex')
