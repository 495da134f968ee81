import type { EndpointInput, ExportedKey, KeyView } from '@gemini-balance/contract'
import type { KeyRegistry } from '../../keys/key-registry.ts'
import type { KeyEngine } from '../../keys/engine.ts'
import type { KeyId } from '../../keys/types.ts'
import { forEachInSlices } from '../../runtime/slices/for-each-in-slices.ts'
import type { KeyPatch } from '../../keys/stores.ts'
import type { Auditor } from '../audit/auditor.ts'
import type { Handlers } from '../handlers.ts'
import { findKeys, selectKeys } from './find-keys.ts'
import { presentLane } from '../lanes/present.ts'
import { unknownKey } from './unknown-key.ts'
import { presentExport, presentKey } from './present.ts'

export type KeyHandlerDeps = {
  readonly engine: KeyEngine
  readonly keyRegistry: KeyRegistry
  readonly audit: Auditor
}

type KeyEndpoints = 'listKeys' | 'getKey' | 'changeKey' | 'resetKey' | 'exportKeys'

/** Keys, one by one or as a list. */
export function keyHandlers(deps: KeyHandlerDeps): Pick<Handlers, KeyEndpoints> {
  const { engine, keyRegistry, audit } = deps
  return {
    async listKeys({ offset, limit, page, sort, order, ...filter }) {
      const ids = await findKeys(deps, filter, { sort, order })
      const from = page === undefined ? offset : (page - 1) * limit
      const rows: KeyView[] = []
      await forEachInSlices(ids.slice(from, from + limit), (some) => {
        for (const id of some) rows.push(...viewOf(deps, id))
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
      const [key] = viewOf(deps, id)
      if (key === undefined) throw unknownKey()
      const lanes = engine.views.lanes({ project: key.project, limit: 1000 }).rows
      return { key, lanes: lanes.map(presentLane) }
    },
    async changeKey({ id, ...terms }, by) {
      const [changed] = await keyRegistry.change(new Map([[id, patchOf(terms)]]))
      if (changed === undefined) return { done: false }
      await audit(by, { action: 'keys-changed', subject: `key ${id}`, detail: { to: terms } })
      return { done: true }
    },
    async resetKey({ id }, by) {
      const done = engine.control.reset(id)
      if (done) await audit(by, { action: 'keys-reset', subject: `key ${id}` })
      return { done }
    },
    async exportKeys({ which, values, after, limit }, by) {
      const ids = (await selectKeys(deps, which))
        .filter((id) => id > after)
        .toSorted((a, b) => a - b)
      const page = ids.slice(0, limit)
      if (values) {
        const detail = { first: page[0], last: page.at(-1) }
        await audit(by, { action: 'keys-exported', subject: `${page.length} keys`, detail })
      }
      const rows = page.flatMap((id) => exportOf(keyRegistry, id, values))
      const next = ids.length > limit ? page.at(-1) : undefined
      return { rows, ...(next === undefined ? {} : { next }) }
    },
  }
}

/** None of a deleted key. */
function viewOf({ keyRegistry, engine }: KeyHandlerDeps, id: KeyId): KeyView[] {
  const row = keyRegistry.get(id)
  const known = engine.views.key(id)
  return row === undefined || known === undefined ? [] : [presentKey(row, known)]
}

function exportOf(keyRegistry: KeyRegistry, id: KeyId, withValue: boolean): ExportedKey[] {
  const row = keyRegistry.get(id)
  return row === undefined ? [] : [presentExport(row, withValue)]
}

type KeyTerms = Omit<EndpointInput<'changeKey'>, 'id'>

/** null removes a value in JSON, undefined in the store. */
function patchOf({ project, paid, allowedModels, label, note, ...plain }: KeyTerms): KeyPatch {
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
