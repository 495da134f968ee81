import type { AttemptsTable } from './tables/attempts-table.ts'
import type { ClientTokensTable } from './tables/client-tokens-table.ts'
import type { AuditTable } from './tables/audit-table.ts'
import type { EngineStateTable } from './tables/engine-state-table.ts'
import type { KeysTable } from './tables/keys-table.ts'
import type { MetaTable } from './tables/meta-table.ts'
import type { SettingsTable } from './tables/settings-table.ts'
import type { ThoughtSignaturesTable } from './tables/thought-signatures-table.ts'

/**
 * Every table. Times are milliseconds since the epoch, truth values 0 and 1: all that SQLite, MySQL and PostgreSQL agree on.
 */
export type Schema = {
  readonly settings: SettingsTable
  readonly meta: MetaTable
  readonly engine_state: EngineStateTable
  readonly keys: KeysTable
  readonly client_tokens: ClientTokensTable
  readonly attempts: AttemptsTable
  readonly thought_signatures: ThoughtSignaturesTable
  readonly audit: AuditTable
}
