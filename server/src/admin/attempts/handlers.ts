import type { Handlers } from '../handlers.ts'
import { listAttempts, type AttemptDeps } from './list-attempts.ts'

/** The request log. */
export function attemptHandlers(deps: AttemptDeps): Pick<Handlers, 'listAttempts'> {
  return {
    listAttempts: ({ limit, before, key, ...filter }) =>
      listAttempts(
        deps,
        { ...filter, keyIds: key === undefined ? undefined : deps.keyNames.find(key) },
        { limit, before },
      ),
  }
}
