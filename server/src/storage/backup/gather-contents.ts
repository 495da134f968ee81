import type { KeyRow } from '../../keys/stores.ts'
import type { Storage } from '../storage.ts'
import type { BackupContents } from './contents.ts'

type Sources = Pick<Storage, 'settings' | 'keys' | 'tokens' | 'projects' | 'prices'>

/** Reads all that a backup holds. A gateway may run meanwhile. */
export async function gatherContents(storage: Sources): Promise<BackupContents> {
  return {
    settings: Object.fromEntries(await storage.settings.all()),
    keys: (await storage.keys.all()).map(keyOf),
    tokens: (await storage.tokens.all()).map((token) => ({
      ...token,
      allowedModels: token.allowedModels && [...token.allowedModels],
      allowedDialects: token.allowedDialects && [...token.allowedDialects],
    })),
    projects: (await storage.projects.all()).map((project) => ({
      ...project,
      limits: { ...project.limits },
    })),
    prices: await storage.prices.all(),
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
