import type { Generated } from 'kysely'

export type AuditTable = {
  id: Generated<number>
  at: number
  actor: string
  action: string
  subject: string
  /** JSON; never a secret. */
  detail: string
}
