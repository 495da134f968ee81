import type { AuditStore } from '../../telemetry/stores.ts'
import type { Handlers } from '../handlers.ts'
import { presentAudit } from './present.ts'

export function auditHandlers(store: Pick<AuditStore, 'list'>): Pick<Handlers, 'listAudit'> {
  return {
    async listAudit(query) {
      const { rows, next } = await store.list(query)
      return { rows: rows.map(presentAudit), ...(next === undefined ? {} : { next }) }
    },
  }
}
