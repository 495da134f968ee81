import type { EndpointInput } from '@gemini-balance/contract'
import type { KeyRegistry } from '../../keys/key-registry.ts'
import type { KeyEngine } from '../../keys/engine.ts'
import type { KeyId } from '../../keys/types.ts'
import { forEachInSlices } from '../../runtime/for-each-in-slices.ts'
import type { KeyPatch } from '../../keys/stores.ts'
import { AdminError } from '../http/admin-error.ts'
import type { Auditor } from '../audit/auditor.ts'
import type { Handlers } from '../handlers.ts'
import { findKeys, keysMeant } from './find-keys.ts'
import { shownKey, type ShownKey } from './present.ts'

export type KeyHandlerDeps = {
  readonly engine: KeyEngine
  readonly keyRegistry: KeyRegistry
  readonly audit: Auditor
}

type KeyEndpoints = 'getKeys' | 'getKey' | 'changeKey' | 'resetKey' | 'exportKeys'

/** Keys listed, shown, changed one by one, and exported. */
export function keyHandlers(deps: KeyHandlerDeps): Pick<Handlers, KeyEndpoints> {
  const { engine, keyRegistry, audit } = deps
  return {
    async getKeys({ offset, limit, page, sort, order, ...filter }) {
      const ids = await findKeys(deps, filter, { sort, order })
      const from = page === undefined ? offset : (page - 1) * limit
      const rows: ShownKey[] = []
      await forEachInSlices(ids.slice(from, from + limit), (some) => {
        for (const id of some) rows.push(...shown(deps, id))
      })
      return {
        total: ids.length,
        rows,
        keys: Object.fromEntries(rows.map(({ id, streak }) => [String(id), streak])),
        total_items: ids.length,
        total_pages: Math.ceil(ids.length / limit),
        current_page: page ?? Math.floor(from / limit) + 1,
      }
    },
    async getKey({ id }) {
      const [key] = shown(deps, id)
      if (key === undefined) throw new AdminError(404, 'not-found', 'There is no such key.')
      const lanes = engine.views.lanes({ project: key.project, limit: 1000 }).rows
      return { key: { ...key }, lanes: lanes.map((lane) => ({ ...lane })) }
    },
    async changeKey({ key, ...said }, by) {
      const patch = patchOf(said)
      const [changed] = await keyRegistry.change(new Map([[key, patch]]))
      if (changed === undefined) return { done: false }
      await audit(by, { action: 'keys-changed', subject: `key ${key}`, detail: { to: said } })
      return { done: true }
    },
    async resetKey({ key }, by) {
      const done = engine.control.reset(key)
      if (done) await audit(by, { action: 'keys-reset', subject: `key ${key}` })
      return { done }
    },
    async exportKeys({ which, values, after, limit }, by) {
      const ids = (await keysMeant(deps, which))
        .filter((id) => id > after)
        .toSorted((a, b) => a - b)
      const page = ids.slice(0, limit)
      if (values) {
        const detail = { first: page[0], last: page.at(-1) }
        await audit(by, { action: 'keys-exported', subject: `${page.length} keys`, detail })
      }
      const rows = page.flatMap((id) => exported(keyRegistry, id, values))
      const next = ids.length > limit ? page.at(-1) : undefined
      return { rows, ...(next === undefined ? {} : { next }) }
    },
  }
}

function shown({ keyRegistry, engine }: KeyHandlerDeps, id: KeyId): ShownKey[] {
  const row = keyRegistry.get(id)
  const known = engine.views.key(id)
  return row === undefined || known === undefined ? [] : [shownKey(row, known)]
}

function exported(keyRegistry: KeyRegistry, id: KeyId, values: boolean): Record<string, unknown>[] {
  const found = keyRegistry.get(id)
  if (found === undefined) return []
  const { secret, ending, ...row } = found
  return [{ ...row, key: `…${ending}`, ...(values ? { value: secret.reveal() } : {}) }]
}

type Said = Omit<EndpointInput<'changeKey'>, 'key'>

/** On the wire null takes a value away; in the store undefined does. */
function patchOf({ project, paid, allowedModels, label, note, ...plain }: Said): KeyPatch {
  const { priority, weight, tags, disabled } = plain
  return {
    ...(project === undefined ? {} : { project: project ?? undefined, projectSource: 'operator' }),
    ...(paid === undefined ? {} : { paid: paid ?? undefined }),
    ...(priority === undefined ? {} : { priority }),
    ...(weight === undefined ? {} : { weight }),
    ...(allowedModels === undefined ? {} : { allowedModels: allowedModels ?? undefined }),
    ...(label === undefined ? {} : { label: label ?? undefined }),
    ...(note === undefined ? {} : { note: note ?? undefined }),
    ...(tags === undefined ? {} : { tags }),
    ...(disabled === undefined ? {} : { disabled }),
  }
}
