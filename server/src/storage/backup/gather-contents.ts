import type { KeyRow } from '../../keys/stores.ts'
import type { KeyId } from '../../keys/types.ts'
import type { OperatorStores } from '../storage.ts'
import type { BackupContents } from './contents.ts'
import { moveProject, moveRow } from './state-contents.ts'

/** Reads everything that a backup holds. */
export async function gatherContents(storage: OperatorStores): Promise<BackupContents> {
  const keys = await storage.keys.all()
  const places = new Map(keys.map(({ id }, place) => [id, place]))
  const placeOf = (id: KeyId) => places.get(id)
  return {
    settings: Object.fromEntries(await storage.settings.all()),
    keys: keys.map(keyOf),
    tokens: (await storage.tokens.all()).map((token) => ({
      ...token,
      allowedModels: token.allowedModels && [...token.allowedModels],
      allowedDialects: token.allowedDialects && [...token.allowedDialects],
    })),
    projects: (await storage.projects.all()).flatMap((project) => {
      const id = moveProject(project.id, placeOf)
      return id === undefined ? [] : [{ ...project, id, limits: { ...project.limits } }]
    }),
    prices: await storage.prices.all(),
    states: (await storage.engineState.all()).flatMap((row) => moveRow(row, placeOf) ?? []),
  }
}

function keyOf(row: KeyRow): BackupContents['keys'][number] {
  return {
    value: row.secret.reveal(),
    label: row.label,
    note: row.note,
    tags: [...row.tags],
    project: row.project,
    projectSource: row.projectSource,
    paid: row.paid,
    priority: row.priority ?? 0,
    weight: row.weight ?? 1,
    allowedModels: row.allowedModels && [...row.allowedModels],
    disabled: row.disabled ?? false,
  }
}
