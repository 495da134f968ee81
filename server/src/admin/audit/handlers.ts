import type { AuditStore } from '../../telemetry/stores.ts'
import type { Handlers } from '../handlers.ts'

/** The audit log, read. */
export function auditHandlers(store: Pick<AuditStore, 'list'>): Pick<Handlers, 'getAudit'> {
  return {
    async getAudit(query) {
      const { rows, next } = await store.list(query)
      return { rows: rows.map((row) => ({ ...row })), ...(next === undefined ? {} : { next }) }
    },
  }
}
