import type { ClientTokensTable } from '../tables/client-tokens-table.ts'
import type { AuditTable } from '../tables/audit-table.ts'
import type { EngineStateTable } from '../tables/engine-state-table.ts'
import type { Generated } from 'kysely'
import type {
  AttemptCounterTable,
  AttemptsTable,
  ErrorBodiesTable,
  ErrorsTable,
  KindsTable,
  LogPartsTable,
  PartKindsTable,
  ProjectKeysTable,
  ProjectsSeenTable,
} from '../tables/history-tables.ts'
import type { KeysTable } from '../tables/keys-table.ts'
import type { MetaTable } from '../tables/meta-table.ts'
import type { ProjectLimitsTable, ProjectsTable } from '../tables/projects-table.ts'
import type { RefusalsTable } from '../tables/refusals-table.ts'
import type { SessionsTable } from '../tables/sessions-table.ts'
import type { SettingsTable } from '../tables/settings-table.ts'
import type { ThoughtSignaturesTable } from '../tables/thought-signatures-table.ts'
import type { KeyRollupsTable, PricesTable, RollupsTable } from '../tables/usage-tables.ts'

type WithGeneratedId<Table extends { id: number }> = Omit<Table, 'id'> & { id: Generated<number> }

/**
 * Every table. Times are milliseconds since the epoch, booleans 0 and 1, as SQLite, MySQL and PostgreSQL agree.
 */
export type Schema = {
  readonly settings: SettingsTable
  readonly meta: MetaTable
  readonly engine_state: EngineStateTable
  readonly keys: KeysTable
  readonly projects: ProjectsTable
  readonly project_limits: ProjectLimitsTable
  readonly client_tokens: ClientTokensTable
  readonly thought_signatures: ThoughtSignaturesTable
  readonly audit: AuditTable
  readonly kinds: WithGeneratedId<KindsTable>
  readonly projects_seen: WithGeneratedId<ProjectsSeenTable>
  readonly project_keys: ProjectKeysTable
  readonly attempt_counter: AttemptCounterTable
  readonly log_parts: LogPartsTable
  readonly part_kinds: PartKindsTable
  readonly attempts: AttemptsTable
  readonly errors: ErrorsTable
  readonly error_bodies: ErrorBodiesTable
  readonly rollups: RollupsTable
  readonly key_rollups: KeyRollupsTable
  readonly prices: PricesTable
  readonly sessions: SessionsTable
  readonly refusals: RefusalsTable
}
