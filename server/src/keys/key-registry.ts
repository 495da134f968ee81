import type { Secret } from '../log/secret.ts'
import { forEachInSlices } from '../runtime/slices/for-each-in-slices.ts'
import { createSerialQueue } from '../runtime/serial-queue.ts'
import { createKeyedWriter } from '../runtime/write-behind.ts'
import type { KeyControl } from './inventory/control.ts'
import { importEnvironmentKeys, type EnvironmentKeys } from './registry/environment-keys.ts'
import type { KeyPatch, KeyRow, KeyStore, KeySync, KeyUse } from './stores.ts'
import type { KeyId } from './types.ts'

/**
 * The rows of the keys table in memory, and the only way to change them. A change is stored first; then the engine gets just that
 * change.
 */
export interface KeyRegistry {
  /** In the order in which they were added. */
  all(): IterableIterator<KeyRow>
  ids(): readonly KeyId[]
  readonly size: number
  get(id: KeyId): KeyRow | undefined
  secretOf(id: KeyId): Secret | undefined
  /** The ids of known values. */
  find(values: readonly string[]): Promise<ReadonlyMap<string, KeyId>>
  /** Resolves to the new ones; known ones are passed over. */
  add(values: readonly string[]): Promise<readonly KeyRow[]>
  /** Makes the keys equal to the list. What is known of those that stay is kept. */
  replaceAll(values: readonly string[]): Promise<KeySync>
  /** Resolves to those that were known. */
  remove(ids: readonly KeyId[]): Promise<readonly KeyId[]>
  /** Resolves to those that were known. */
  change(patches: ReadonlyMap<KeyId, KeyPatch>): Promise<readonly KeyId[]>
  /** Records an attempt with a key. Cheap: it is written later, with others. */
  recordUse(id: KeyId, at: number): void
  /** Writes what is queued. */
  close(): Promise<void>
}

export type KeyRegistryDeps = {
  readonly store: KeyStore
  readonly control: Pick<KeyControl, 'setKeys' | 'addKeys' | 'removeKeys'>
  /** Registers a secret with the scrubber. A removed key stays a secret. */
  readonly registerSecret: (secret: string) => void
  readonly onError: (error: unknown) => void
  readonly environment: EnvironmentKeys
}

const writeUsesMs = 10_000
/** How exact the last use of a key is. */
const useResolutionMs = 1000

export async function openKeyRegistry(deps: KeyRegistryDeps): Promise<KeyRegistry> {
  const { store, control, registerSecret, onError } = deps
  const rows = new Map<KeyId, KeyRow>()
  /** Built again after a change. */
  let ids: readonly KeyId[] | undefined
  const uses = createKeyedWriter<KeyId, KeyUse>({
    write: (batch) => writeUses({ store, rows }, batch),
    onError,
    failuresPerError: 1,
    delayMs: writeUsesMs,
    retryMs: writeUsesMs,
    longestRetryMs: writeUsesMs,
    // One entry a key, however long the database is away.
    maxQueued: Infinity,
  })
  const take = (some: readonly KeyRow[]) => {
    ids = undefined
    for (const row of some) {
      rows.set(row.id, row)
      registerSecret(row.secret.reveal())
    }
  }
  const drop = (some: readonly KeyId[]) => {
    ids = undefined
    for (const id of some) rows.delete(id)
  }
  const stored = await store.all()
  take(stored)
  control.setKeys(stored)

  const changes = keyChanges({ store, control, rows, take, drop })
  await importEnvironmentKeys(deps.environment, changes.add)

  return {
    all: () => rows.values(),
    ids: () => (ids ??= [...rows.keys()]),
    get size() {
      return rows.size
    },
    get(id) {
      const row = rows.get(id)
      const use = uses.get(id)
      return row === undefined || use === undefined ? row : usedRow(row, use)
    },
    secretOf: (id) => rows.get(id)?.secret,
    find: (values) => store.find(values),
    ...changes,
    recordUse(id, at) {
      const known = uses.get(id)
      if (known === undefined) uses.set(id, { id, firstAt: at, lastAt: at })
      else if (at - known.lastAt >= useResolutionMs) {
        uses.set(id, { id, firstAt: known.firstAt, lastAt: at })
      }
    },
    close: uses.close,
  }
}

type Changes = Pick<KeyRegistry, 'add' | 'replaceAll' | 'remove' | 'change'>
type ChangeDeps = Pick<KeyRegistryDeps, 'store' | 'control'> & {
  readonly rows: Map<KeyId, KeyRow>
  readonly take: (some: readonly KeyRow[]) => void
  readonly drop: (some: readonly KeyId[]) => void
}

/** One after another, so that table, registry and engine change in the same order. */
function keyChanges({ store, control, rows, take, drop }: ChangeDeps): Changes {
  const inTurn = createSerialQueue()
  const join = (added: readonly KeyRow[]) =>
    forEachInSlices(added, (some) => {
      take(some)
      control.addKeys(some)
    })
  const leave = (ids: readonly KeyId[]) =>
    forEachInSlices(ids, (some) => {
      drop(some)
      control.removeKeys(some)
    })
  return {
    add: (values) =>
      inTurn(async () => {
        const added = await store.add(values)
        await join(added)
        return added
      }),
    replaceAll: (values) =>
      inTurn(async () => {
        const sync = await store.syncValues(values)
        await leave(sync.removed)
        await join(sync.added)
        return sync
      }),
    remove: (ids) =>
      inTurn(async () => {
        const known = ids.filter((id) => rows.has(id))
        await store.remove(known)
        await leave(known)
        return known
      }),
    change: (patches) =>
      inTurn(async () => {
        const known = [...patches].filter(([id]) => rows.has(id))
        await store.update(new Map(known))
        await forEachInSlices(known, (some) => {
          const changed = some.flatMap(([id, patch]) => patched(rows.get(id), patch))
          for (const row of changed) rows.set(row.id, row)
          control.addKeys(changed)
        })
        return known.map(([id]) => id)
      }),
  }
}

type UseDeps = {
  readonly store: Pick<KeyStore, 'recordUse'>
  readonly rows: Map<KeyId, KeyRow>
}

async function writeUses(
  { store, rows }: UseDeps,
  uses: readonly (readonly [KeyId, KeyUse])[],
): Promise<void> {
  const known = uses.map(([, use]) => use).filter(({ id }) => rows.has(id))
  if (known.length > 0) await store.recordUse(known)
  for (const use of known) {
    const row = rows.get(use.id)
    if (row !== undefined) rows.set(use.id, usedRow(row, use))
  }
}

function usedRow(row: KeyRow, { firstAt, lastAt }: KeyUse): KeyRow {
  return { ...row, firstUsedAt: row.firstUsedAt ?? firstAt, lastUsedAt: lastAt }
}

function patched(row: KeyRow | undefined, patch: KeyPatch): KeyRow[] {
  return row === undefined ? [] : [{ ...row, ...patch }]
}
