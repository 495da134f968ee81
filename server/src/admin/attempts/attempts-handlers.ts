import type { AttemptRepository } from '../../storage/history/attempt-repository.ts'
import type { Handlers } from '../handlers.ts'

/** The request log, read. */
export function attemptsHandlers(attempts: AttemptRepository): Pick<Handlers, 'getAttempts'> {
  return {
    async getAttempts({ limit, before, ...filter }) {
      const { rows, next } = await attempts.list(filter, { limit, before })
      return { rows: rows.map((row) => ({ ...row })), ...(next === undefined ? {} : { next }) }
    },
  }
}
