import type { Selectable, Updateable } from 'kysely'
import type { ProjectSource } from '../keys/entities.ts'
import { Secret } from '../keys/secret.ts'
import type { KeyRow } from './key-repository.ts'
import type { Schema } from './schema.ts'

/** What a person may say of a key. */
export type KeyPatch = Partial<
  Pick<
    KeyRow,
    | 'project'
    | 'projectSource'
    | 'paid'
    | 'priority'
    | 'weight'
    | 'allowedModels'
    | 'label'
    | 'disabled'
  >
>

type Stored = Selectable<Schema['keys']>

export function readKey(row: Stored): KeyRow {
  return {
    id: row.id,
    secret: new Secret(row.value),
    project: row.project ?? undefined,
    projectSource: projectSource(row.project_source),
    paid: row.paid === null ? undefined : row.paid !== 0,
    priority: row.priority,
    weight: row.weight,
    allowedModels: modelList(row.allowed_models),
    label: row.label ?? undefined,
    disabled: row.disabled !== 0,
    createdAt: row.created_at,
  }
}

export function writePatch(patch: KeyPatch): Updateable<Schema['keys']> {
  const { project, projectSource, paid, priority, weight, allowedModels, label, disabled } = patch
  return {
    ...('project' in patch && { project: project ?? null }),
    ...('projectSource' in patch && { project_source: projectSource ?? null }),
    ...('paid' in patch && { paid: paid === undefined ? null : Number(paid) }),
    ...('priority' in patch && { priority: priority ?? 0 }),
    ...('weight' in patch && { weight: weight ?? 1 }),
    ...('allowedModels' in patch && {
      allowed_models: allowedModels === undefined ? null : JSON.stringify(allowedModels),
    }),
    ...('label' in patch && { label: label ?? null }),
    ...('disabled' in patch && { disabled: Number(disabled ?? false) }),
  }
}

const projectSources: readonly ProjectSource[] = ['operator', 'imported', 'learned']

function projectSource(text: string | null): ProjectSource | undefined {
  return projectSources.find((source) => source === text)
}

function modelList(json: string | null): readonly string[] | undefined {
  if (json === null) return undefined
  const list: unknown = JSON.parse(json)
  return Array.isArray(list) ? list.map(String) : undefined
}
