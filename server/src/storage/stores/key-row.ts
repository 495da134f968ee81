import type { KeyRow, KeyPatch } from '../../keys/stores.ts'
import type { Selectable, Updateable } from 'kysely'
import type { ProjectSource } from '../../keys/types.ts'
import { Secret } from '../../log/secret.ts'
import type { SecretBox } from '../encryption/secret-box.ts'
import type { Schema } from '../database/schema.ts'

type Stored = Selectable<Schema['keys']>

export function readKey(row: Stored, box: SecretBox): KeyRow {
  return {
    id: row.id,
    secret: new Secret(box.open(row.value)),
    lastFour: row.ending,
    project: row.project ?? undefined,
    projectSource: projectSource(row.project_source),
    paid: row.paid === null ? undefined : row.paid !== 0,
    priority: row.priority,
    weight: row.weight,
    allowedModels: textList(row.allowed_models),
    label: row.label ?? undefined,
    note: row.note ?? undefined,
    tags: textList(row.tags) ?? [],
    disabled: row.disabled !== 0,
    createdAt: row.created_at,
    firstUsedAt: row.first_used_at ?? undefined,
    lastUsedAt: row.last_used_at ?? undefined,
  }
}

export function writePatch(patch: KeyPatch): Updateable<Schema['keys']> {
  const { project, projectSource, paid, priority, weight, allowedModels, disabled } = patch
  return {
    ...('project' in patch && { project: project ?? null }),
    ...('projectSource' in patch && { project_source: projectSource ?? null }),
    ...('paid' in patch && { paid: paid === undefined ? null : Number(paid) }),
    ...('priority' in patch && { priority: priority ?? 0 }),
    ...('weight' in patch && { weight: weight ?? 1 }),
    ...('allowedModels' in patch && {
      allowed_models: allowedModels === undefined ? null : JSON.stringify(allowedModels),
    }),
    ...('label' in patch && { label: patch.label ?? null }),
    ...('note' in patch && { note: patch.note ?? null }),
    ...('tags' in patch && { tags: patch.tags?.length ? JSON.stringify(patch.tags) : null }),
    ...('disabled' in patch && { disabled: Number(disabled ?? false) }),
  }
}

const projectSources: readonly ProjectSource[] = ['operator', 'imported', 'learned', 'files']

function projectSource(text: string | null): ProjectSource | undefined {
  return projectSources.find((source) => source === text)
}

function textList(json: string | null): readonly string[] | undefined {
  if (json === null) return undefined
  const list: unknown = JSON.parse(json)
  return Array.isArray(list) ? list.map(String) : undefined
}
