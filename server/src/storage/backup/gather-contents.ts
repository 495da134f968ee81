import type { KeyRow } from '../../keys/stores.ts'
import type { OperatorStores } from '../storage.ts'
import type { BackupContents } from './contents.ts'

/** Reads everything that a backup holds. */
export async function gatherContents(storage: OperatorStores): Promise<BackupContents> {
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
