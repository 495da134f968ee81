import type { KeyId } from '../../keys/types.ts'
import type { KeyPatch } from '../../keys/stores.ts'
import { stateRowId } from '../../keys/state-rows.ts'
import type { OperatorStores, Storage } from '../storage.ts'
import type { BackupContents } from './contents.ts'
import { moveProject, moveRow } from './state-contents.ts'

export type RestoreOptions = {
  /** Whether what the backup does not name is removed. */
  readonly replaces: boolean
}

type FormatOptions = RestoreOptions & {
  /** Whether ids of keys are places in the list of keys, and states are known: not in format 1. */
  readonly hasPlaces: boolean
}

/**
 * Writes a backup to the stores, all or nothing. Keys are matched by value and tokens by digest, and end as the backup has them. Doing it
 * again changes nothing.
 */
export function restoreContents(
  storage: Pick<Storage, 'atOnce'>,
  backup: BackupContents,
  options: FormatOptions,
): Promise<void> {
  return storage.atOnce((stores) => restoreAll(stores, backup, options))
}

async function restoreAll(
  storage: OperatorStores,
  backup: BackupContents,
  options: FormatOptions,
): Promise<void> {
  const ids = await restoreKeys(storage, backup, options)
  await restoreStates(storage, { backup, ids, ...options })
  await restoreTokens(storage, backup, options)
  if (options.replaces) await forgetProjects(storage)
  for (const { id: named, label, paid, limits } of backup.projects) {
    const id = options.hasPlaces ? moveProject(named, (place) => ids[place]) : named
    if (id === undefined) continue
    await storage.projects.change(id, { label, paid })
    for (const [lane, values] of Object.entries(limits)) {
      await storage.projects.setLimits(id, lane, values)
    }
  }
  if (options.replaces || backup.prices.length > 0) await storage.prices.replace(backup.prices)
  await restoreSettings(storage, backup, options)
}

async function forgetProjects({ projects }: OperatorStores): Promise<void> {
  for (const { id, limits } of await projects.all()) {
    await projects.change(id, { label: undefined, paid: undefined })
    for (const lane of Object.keys(limits)) await projects.setLimits(id, lane, {})
  }
}

async function restoreKeys(
  { keys }: OperatorStores,
  backup: BackupContents,
  { replaces }: RestoreOptions,
): Promise<readonly (KeyId | undefined)[]> {
  const values = backup.keys.map(({ value }) => value)
  if (replaces) await keys.syncValues(values)
  else await keys.add(values)
  const ids = await keys.find(values)
  const patches = new Map<KeyId, KeyPatch>()
  for (const { value, ...patch } of backup.keys) {
    const id = ids.get(value)
    if (id !== undefined) patches.set(id, { ...noPatch, ...patch })
  }
  await keys.update(patches)
  return values.map((value) => ids.get(value))
}

type States = FormatOptions & {
  readonly backup: BackupContents
  /** The ids of its keys, by place. */
  readonly ids: readonly (KeyId | undefined)[]
}

/** The keys of the backup get its states. Keys that it does not name keep theirs, unless they are removed. */
async function restoreStates(
  { engineState }: OperatorStores,
  { backup, ids, replaces, hasPlaces }: States,
): Promise<void> {
  if (!hasPlaces) return
  const old = replaces ? (await engineState.all()).map(stateRowId) : []
  const named = ids.flatMap((key) => (key === undefined ? [] : stateRowId({ kind: 'key', key })))
  const rows = backup.states.flatMap((row) => moveRow(row, (place) => ids[place]) ?? [])
  await engineState.apply([
    ...[...old, ...named].map((id) => ({ id, row: undefined })),
    ...rows.map((row) => ({ id: stateRowId(row), row })),
  ])
}

/** What a backup does not have of a key is removed. */
const noPatch: KeyPatch = {
  label: undefined,
  note: undefined,
  project: undefined,
  projectSource: undefined,
  paid: undefined,
  allowedModels: undefined,
}

async function restoreTokens(
  { tokens }: OperatorStores,
  backup: BackupContents,
  { replaces }: RestoreOptions,
): Promise<void> {
  const named = new Set(backup.tokens.map(({ digest }) => digest))
  const known = (await tokens.all()).map(({ digest }) => digest)
  const removed = replaces ? known : known.filter((digest) => named.has(digest))
  const added = backup.tokens.map((token) => ({
    ...token,
    expiresAt: token.expiresAt,
    allowedModels: token.allowedModels,
    allowedDialects: token.allowedDialects,
  }))
  await tokens.change({ removed, added })
}

async function restoreSettings(
  { settings }: OperatorStores,
  backup: BackupContents,
  { replaces }: RestoreOptions,
): Promise<void> {
  const known = replaces ? [...(await settings.all()).keys()] : []
  await settings.write(
    new Map([
      ...known.map((name) => [name, undefined] as const),
      ...Object.entries(backup.settings),
    ]),
  )
}
