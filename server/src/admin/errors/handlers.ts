import type { EndpointInput } from '@gemini-balance/contract'
import type { ErrorFilter, ErrorStore, StoredError } from '../../telemetry/stores.ts'
import type { ZoneCalendar } from '../../runtime/calendar.ts'
import { AdminError } from '../http/admin-error.ts'
import type { Handlers } from '../handlers.ts'
import type { KeyNames } from '../keys/resolve-keys.ts'

export type ErrorsDeps = {
  readonly errors: ErrorStore
  readonly keyNames: KeyNames
  readonly calendar: ZoneCalendar
}

type ErrorsEndpoints =
  | 'getErrors'
  | 'lookUpError'
  | 'getError'
  | 'deleteAllErrors'
  | 'deleteErrors'
  | 'deleteError'

/** Failed attempts, read and deleted. */
export function errorsHandlers(deps: ErrorsDeps): Pick<Handlers, ErrorsEndpoints> {
  const { errors, keyNames } = deps

  async function details(id: number) {
    const error = await errors.find(id)
    if (error === undefined) throw notThere()
    const { message, body } = error
    return { ...shown(error, keyNames), error_log: message, request_msg: readable(body) }
  }

  return {
    async getErrors(input) {
      const { limit, offset, sort_order: order } = input
      const { rows, total } = await errors.list(filterOf(deps, input), { limit, offset, order })
      return { logs: rows.map((row) => shown(row, keyNames)), total }
    },
    async lookUpError({ gemini_key, timestamp, status_code, window_seconds }) {
      const found = await errors.nearest({
        keyIds: keyNames.find(gemini_key),
        at: momentOf(deps, 'timestamp', timestamp),
        windowMs: window_seconds * 1000,
        status: status_code,
      })
      if (found === undefined) throw notThere()
      return details(found.id)
    },
    getError: ({ id }) => details(id),
    async deleteAllErrors() {
      await errors.deleteAll()
      return { done: true }
    },
    deleteErrors: async ({ ids }) => ({ deleted: await errors.delete(ids) }),
    async deleteError({ id }) {
      const deleted = await errors.delete([id])
      if (deleted === 0) throw notThere()
      return { deleted }
    },
  }
}

const notThere = () => new AdminError(404, 'not-found', 'There is no such error.')

function filterOf(deps: ErrorsDeps, input: EndpointInput<'getErrors'>): ErrorFilter {
  const { key_search: key = '', error_code_search: code, start_date, end_date } = input
  return {
    keyIds: key === '' ? undefined : deps.keyNames.find(key),
    text: input.error_search,
    status: typeof code === 'number' ? code : undefined,
    from: maybeMoment(deps, 'start_date', start_date),
    to: maybeMoment(deps, 'end_date', end_date),
  }
}

const maybeMoment = (deps: ErrorsDeps, name: string, text = '') =>
  text === '' ? undefined : momentOf(deps, name, text)

function momentOf({ calendar }: ErrorsDeps, name: string, text: string): number {
  const moment = calendar.parse(text)
  if (moment === undefined) throw new AdminError(400, 'time', `${name} must be a time.`)
  return moment
}

function shown(error: StoredError, keyNames: KeyNames) {
  return {
    id: error.id,
    key_id: error.keyId,
    gemini_key: keyNames.endOf(error.keyId),
    error_type: error.verdict,
    error_code: error.status,
    model_name: error.model,
    request_time: new Date(error.at).toISOString(),
    request_id: error.requestId,
  }
}

/** JSON in lines, where it is JSON and whole. */
function readable(body: string | undefined): string | null {
  if (body === undefined) return null
  try {
    return JSON.stringify(JSON.parse(body), null, 2)
  } catch {
    return body
  }
}
