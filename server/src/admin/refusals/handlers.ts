import type { RefusalView } from '@gemini-balance/contract'
import type { RefusalStore, StoredRefusal } from '../../telemetry/stores.ts'
import type { Handlers } from '../handlers.ts'
import type { CallerNames } from '../tokens/caller-names.ts'
import { momentOf } from '../moments.ts'

export type RefusalDeps = {
  readonly refusals: Pick<RefusalStore, 'list'>
  readonly callerNames: CallerNames
}

/** Requests that the gateway refused by its own rules. */
export function refusalHandlers(deps: RefusalDeps): Pick<Handlers, 'listRefusals'> {
  return {
    async listRefusals({ limit, before, ...filter }) {
      const { rows, next } = await deps.refusals.list(filter, { limit, before })
      const names = await deps.callerNames(rows.map(({ caller }) => caller))
      return {
        rows: rows.map((row) => present(row, names)),
        ...(next === undefined ? {} : { next }),
      }
    },
  }
}

function present(row: StoredRefusal, nameOf: (caller: string) => string): RefusalView {
  const { id, surface, path, code, status, caller, address, message, leftOut } = row
  return {
    id,
    at: momentOf(row.at),
    ...(row.requestId === '' ? {} : { requestId: row.requestId }),
    surface,
    method: row.verb,
    path,
    code,
    status,
    ...(caller === undefined ? {} : { caller, callerName: nameOf(caller) }),
    address,
    message,
    leftOut,
  }
}
