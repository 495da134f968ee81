import type { EndpointInput } from '@gemini-balance/contract'
import type { KeyId } from '../../keys/types.ts'
import { mask } from '../../log/scrub.ts'
import { forEachInSlices } from '../../runtime/for-each-in-slices.ts'
import { AdminError } from '../http/admin-error.ts'
import type { AdminCaller, Handlers } from '../handlers.ts'
import { findKeys } from '../keys/find-keys.ts'
import type { KeyJobDeps } from '../keys/job-handlers.ts'
import { verifyAll } from '../keys/verify-keys.ts'

export type OriginalKeyDeps = KeyJobDeps & {
  /** One round of pool maintenance. */
  readonly maintainPool: () => Promise<void>
}

type OriginalKeys =
  | 'getAllKeys'
  | 'getKeysStatus'
  | 'listKeys'
  | 'listKeysHf'
  | 'maintainPool'
  | 'deleteNamedKey'
  | 'deleteNamedKeys'
  | 'resetAllFailures'
  | 'resetSelectedFailures'
  | 'resetNamedFailures'

/** The paths of the Python program for keys, with their meaning. */
export function originalKeyHandlers(deps: OriginalKeyDeps): Pick<Handlers, OriginalKeys> {
  const { engine, keyRegistry, audit } = deps
  const listKeys = async () => {
    const { valid, invalid } = await apart(deps)
    const data = {
      valid_keys: await failuresOf(deps, valid),
      invalid_keys: await failuresOf(deps, invalid),
    }
    return { status: 'success' as const, data, total: keyRegistry.size }
  }
  return {
    listKeys,
    listKeysHf: listKeys,
    async getAllKeys() {
      const { valid, invalid } = await apart(deps)
      return { valid_keys: valid, invalid_keys: invalid, total_count: keyRegistry.size }
    },
    async getKeysStatus() {
      const { data } = await listKeys()
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
      if (!engine.views.pool().enabled)
        throw new AdminError(400, 'no-pool', 'The pool of keys is switched off.')
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
      if (deleted === 0) throw new AdminError(400, 'not-found', 'None of these keys is there.')
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

type OriginalVerify = 'verifyNamedKey' | 'verifySelectedKeys'

/** Keys verified while the caller waits. */
export function originalVerifyHandlers(deps: OriginalKeyDeps): Pick<Handlers, OriginalVerify> {
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
      const failed: Record<string, Record<string, unknown>> = {}
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

function poolSize({ engine }: OriginalKeyDeps) {
  const { current_size: size, utilization } = engine.views.pool()
  return { size, utilization }
}

const unknownKey = () => new AdminError(404, 'not-found', 'There is no such key.')

type Named = EndpointInput<'deleteNamedKeys'>['keys'][number]

/** What each name means: an id, as a number or its digits, or the value of a key. Those that mean none are left out. */
async function idsOf(
  { keyRegistry }: OriginalKeyDeps,
  names: readonly Named[],
): Promise<ReadonlyMap<Named, KeyId>> {
  const isId = (name: Named) => typeof name === 'number' || /^\d{1,15}$/.test(name)
  const byId = names
    .filter((name) => isId(name) && keyRegistry.get(Number(name)) !== undefined)
    .map((name): [Named, KeyId] => [name, Number(name)])
  const values = names.filter((name) => typeof name === 'string').filter((name) => !isId(name))
  const byValue = values.length === 0 ? [] : await keyRegistry.find(values)
  return new Map<Named, KeyId>([...byId, ...byValue])
}

async function remove(
  { keyRegistry, audit }: OriginalKeyDeps,
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
  { engine, audit }: OriginalKeyDeps,
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

async function apart({ keyRegistry, engine }: OriginalKeyDeps) {
  const valid: KeyId[] = []
  const invalid: KeyId[] = []
  await forEachInSlices(keyRegistry.ids(), (some) => {
    for (const id of some) (engine.views.glance(id)?.state === 'active' ? valid : invalid).push(id)
  })
  return { valid, invalid }
}

async function failuresOf(
  { engine }: OriginalKeyDeps,
  ids: readonly KeyId[],
): Promise<Record<string, number>> {
  const failures: Record<string, number> = {}
  await forEachInSlices(ids, (some) => {
    for (const id of some) failures[String(id)] = engine.views.glance(id)?.streak ?? 0
  })
  return failures
}
