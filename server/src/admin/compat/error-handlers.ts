import type { EndpointInput, ErrorView } from '@gemini-balance/contract'
import type { ErrorFilter, ErrorStore, StoredError } from '../../telemetry/stores.ts'
import type { ZoneCalendar } from '../../runtime/time/calendar.ts'
import type { Handlers } from '../handlers.ts'
import { isKey } from '../../log/key-shapes.ts'
import { AdminError } from '../http/admin-error.ts'
import type { KeyNames } from '../keys/key-names.ts'

export type ErrorDeps = {
  readonly errors: ErrorStore
  readonly keyNames: KeyNames
  readonly calendar: ZoneCalendar
}

type ErrorEndpoints =
  | 'listErrors'
  | 'findError'
  | 'getError'
  | 'deleteAllErrors'
  | 'deleteErrors'
  | 'deleteError'

/** The paths of the Python program for failed attempts. */
export function compatErrorHandlers(deps: ErrorDeps): Pick<Handlers, ErrorEndpoints> {
  const { errors, keyNames } = deps

  async function details(id: number) {
    const error = await errors.find(id)
    if (error === undefined) throw unknownError()
    const { message, body } = error
    return { ...present(error, keyNames), error_log: message, request_msg: readable(body) }
  }

  return {
    async listErrors(input) {
      const { limit, offset, sort_order: order } = input
      const { rows, total } = await errors.list(filterOf(deps, input), { limit, offset, order })
      return { logs: rows.map((row) => present(row, keyNames)), total }
    },
    async findError({ gemini_key, timestamp, status_code, window_seconds }) {
      const found = await errors.nearest({
        keyIds: keyNames.find(gemini_key),
        at: momentOf(deps, 'timestamp', timestamp),
        windowMs: window_seconds * 1000,
        status: status_code,
      })
      if (found === undefined) throw unknownError()
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
      if (deleted === 0) throw unknownError()
      return { deleted }
    },
  }
}

const unknownError = () => new AdminError('not_found', 'There is no such error.')

function filterOf(deps: ErrorDeps, input: EndpointInput<'listErrors'>): ErrorFilter {
  const { key_search: key = '', error_code_search: code, start_date, end_date } = input
  const { error_search: text = '' } = input
  // Messages hold no whole key: it stands for its errors.
  const named = isKey(text.trim()) ? deps.keyNames.find(text.trim()) : undefined
  return {
    keyIds: key === '' ? named : deps.keyNames.find(key),
    text: named === undefined ? text : undefined,
    status: typeof code === 'number' ? code : undefined,
    from: maybeMoment(deps, 'start_date', start_date),
    to: maybeMoment(deps, 'end_date', end_date),
  }
}

const maybeMoment = (deps: ErrorDeps, name: string, text = '') =>
  text === '' ? undefined : momentOf(deps, name, text)

function momentOf({ calendar }: ErrorDeps, name: string, text: string): number {
  const moment = calendar.parse(text)
  if (moment !== undefined) return moment
  throw new AdminError('invalid_input', `${name} must be a time such as 2026-01-31T12:00:00Z.`)
}

function present(error: StoredError, keyNames: KeyNames): ErrorView {
  return {
    id: error.id,
    key_id: error.keyId,
    gemini_key: keyNames.maskedKey(error.keyId),
    error_type: error.verdict,
    error_code: error.status,
    model_name: error.model,
    request_time: new Date(error.at).toISOString(),
    request_id: error.requestId,
  }
}

/** Complete JSON is indented; other text stays as it is. */
function readable(body: string | undefined): string | null {
  if (body === undefined) return null
  try {
    return JSON.stringify(JSON.parse(body), null, 2)
  } catch {
    return body
  }
}
