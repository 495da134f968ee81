import type { EndpointAnswer, EndpointInput } from '@gemini-balance/contract'
import type { KeyId } from '../../keys/types.ts'
import { mask } from '../../log/scrub.ts'
import { forEachInSlices } from '../../runtime/slices/for-each-in-slices.ts'
import type { AdminCaller, Handlers } from '../handlers.ts'
import { AdminError } from '../http/admin-error.ts'
import { findKeys } from '../keys/find-keys.ts'
import type { KeyJobDeps } from '../keys/job-handlers.ts'
import { unknownKey } from '../keys/unknown-key.ts'
import { verifyAll } from '../keys/verify-keys.ts'

export type CompatKeyDeps = KeyJobDeps & {
  /** Runs pool maintenance once. */
  readonly maintainPool: () => Promise<void>
}

type CompatKeys =
  | 'getAllKeys'
  | 'getKeysStatus'
  | 'listKeyFailures'
  | 'listKeyFailuresHf'
  | 'maintainPool'
  | 'deleteNamedKey'
  | 'deleteNamedKeys'
  | 'resetAllFailures'
  | 'resetSelectedFailures'
  | 'resetNamedFailures'

/** The paths of the Python program for keys. */
export function compatKeyHandlers(deps: CompatKeyDeps): Pick<Handlers, CompatKeys> {
  const { engine, keyRegistry, audit } = deps
  const listKeyFailures = async () => {
    const { valid, invalid } = await idsByState(deps)
    const data = {
      valid_keys: await failuresOf(deps, valid),
      invalid_keys: await failuresOf(deps, invalid),
    }
    return { status: 'success' as const, data, total: keyRegistry.size }
  }
  return {
    listKeyFailures,
    listKeyFailuresHf: listKeyFailures,
    async getAllKeys() {
      const { valid, invalid } = await idsByState(deps)
      return { valid_keys: valid, invalid_keys: invalid, total_count: keyRegistry.size }
    },
    async getKeysStatus() {
      const { data } = await listKeyFailures()
      const status = engine.views.pool()
      const keys = {
        ...data,
        total_keys: keyRegistry.size,
        valid_count: Object.keys(data.valid_keys).length,
        invalid_count: Object.keys(data.invalid_keys).length,
      }
      const pool = status.enabled ? { ...status } : null
      return { keys, pool_status: pool, pool_enabled: status.enabled }
    },
    async maintainPool(_input, by) {
      const before = poolSize(deps)
      if (!engine.views.pool().enabled) throw new AdminError('pool_disabled')
      await deps.maintainPool()
      await audit(by, { action: 'pool-maintained', subject: 'pool' })
      const message = 'The pool was maintained.'
      return { success: true, message, before, after: poolSize(deps) }
    },
    async deleteNamedKey({ key }, by) {
      const [id] = (await idsOf(deps, [key])).values()
      const deleted = await remove(deps, id === undefined ? [] : [id], by)
      if (deleted === 0) throw unknownKey()
      return { success: true, message: 'The key was deleted.' }
    },
    async deleteNamedKeys({ keys }, by) {
      const ids = await idsOf(deps, keys)
      const deleted = await remove(deps, [...ids.values()], by)
      const missing = keys.filter((key) => !ids.has(key)).map((key) => mask(String(key)))
      if (deleted === 0) throw new AdminError('invalid_input', 'None of these keys exists.')
      const message = `${deleted} keys were deleted.`
      return { success: true, message, deleted_count: deleted, not_found_keys: missing }
    },
    async resetAllFailures({ key_type: type }, by) {
      const ids = await findKeys(deps, { status: type ?? 'all' })
      return reset(deps, ids, by)
    },
    async resetSelectedFailures({ keys }, by) {
      return reset(deps, [...(await idsOf(deps, keys)).values()], by)
    },
    async resetNamedFailures({ key }, by) {
      const ids = [...(await idsOf(deps, [key])).values()]
      if (ids.length === 0) throw unknownKey()
      const { success, message } = await reset(deps, ids, by)
      return { success, message }
    },
  }
}

type FailedKey = EndpointAnswer<'verifySelectedKeys'>['failed_keys'][string]
type CompatVerify = 'verifyNamedKey' | 'verifySelectedKeys'

/** Keys that are verified while the client waits. */
export function compatVerifyHandlers(deps: CompatKeyDeps): Pick<Handlers, CompatVerify> {
  return {
    async verifyNamedKey({ key }, by) {
      const [id] = (await idsOf(deps, [key])).values()
      if (id === undefined) throw unknownKey()
      await deps.audit(by, { action: 'keys-verified', subject: `key ${id}` })
      const outcome = await deps.verify(id, undefined)
      if (outcome?.verdict === 'answered') return { status: 'valid' }
      return { status: 'invalid', error: outcome?.message ?? outcome?.verdict ?? 'unknown' }
    },
    async verifySelectedKeys({ keys }, by) {
      const ids = [...(await idsOf(deps, keys)).values()]
      await deps.audit(by, { action: 'keys-verified', subject: `${ids.length} keys` })
      const failed: Record<string, FailedKey> = {}
      await verifyAll(deps, ids, {
        model: undefined,
        concurrency: deps.verifyAtOnce(),
        progress: {
          signal: new AbortController().signal,
          expect() {},
          step() {},
          count() {},
          find({ id, status, verdict, message }) {
            failed[String(id)] = { error_message: message ?? verdict, error_code: status }
          },
        },
      })
      const good = ids.map(String).filter((id) => failed[id] === undefined)
      return {
        success: true,
        message: `${ids.length} keys were verified.`,
        successful_keys: good,
        failed_keys: failed,
        valid_count: good.length,
        invalid_count: ids.length - good.length,
      }
    },
  }
}

function poolSize({ engine }: CompatKeyDeps) {
  const { current_size: size, utilization } = engine.views.pool()
  return { size, utilization }
}

type KeyName = EndpointInput<'deleteNamedKeys'>['keys'][number]

/** The keys with these names: an id, as a number or as digits, or a value. Unknown names are left out. */
async function idsOf(
  { keyRegistry }: CompatKeyDeps,
  names: readonly KeyName[],
): Promise<ReadonlyMap<KeyName, KeyId>> {
  const isId = (name: KeyName) => typeof name === 'number' || /^\d{1,15}$/.test(name)
  const byId = names
    .filter((name) => isId(name) && keyRegistry.get(Number(name)) !== undefined)
    .map((name): [KeyName, KeyId] => [name, Number(name)])
  const values = names.filter((name) => typeof name === 'string').filter((name) => !isId(name))
  const byValue = values.length === 0 ? [] : await keyRegistry.find(values)
  return new Map<KeyName, KeyId>([...byId, ...byValue])
}

async function remove(
  { keyRegistry, audit }: CompatKeyDeps,
  ids: readonly KeyId[],
  by: AdminCaller,
): Promise<number> {
  const removed = await keyRegistry.remove(ids)
  if (removed.length > 0) {
    await audit(by, { action: 'keys-deleted', subject: `${removed.length} keys` })
  }
  return removed.length
}

async function reset(
  { engine, audit }: CompatKeyDeps,
  ids: readonly KeyId[],
  by: AdminCaller,
): Promise<{ success: boolean; message: string; reset_count: number }> {
  let count = 0
  await forEachInSlices(ids, (some) => {
    for (const id of some) if (engine.control.reset(id)) count += 1
  })
  await audit(by, { action: 'keys-reset', subject: `${count} keys` })
  return { success: true, message: `${count} keys were reset.`, reset_count: count }
}

async function idsByState({ keyRegistry, engine }: CompatKeyDeps) {
  const valid: KeyId[] = []
  const invalid: KeyId[] = []
  await forEachInSlices(keyRegistry.ids(), (some) => {
    for (const id of some) (engine.views.glance(id)?.state === 'active' ? valid : invalid).push(id)
  })
  return { valid, invalid }
}

async function failuresOf(
  { engine }: CompatKeyDeps,
  ids: readonly KeyId[],
): Promise<Record<string, number>> {
  const failures: Record<string, number> = {}
  await forEachInSlices(ids, (some) => {
    for (const id of some) failures[String(id)] = engine.views.glance(id)?.streak ?? 0
  })
  return failures
}
