import type { Connection } from './connection.ts'
import type { PoolLimits } from './pool.ts'
import type { SqlParts } from './pooled-dialect.ts'

/** How a kind of database is reached and spoken to. */
export type Connector = {
  readonly connect: () => Promise<Connection>
  readonly limits: PoolLimits
  readonly parts: SqlParts
  /** Why the database cannot be opened, and what to do. */
  readonly explain: (error: unknown) => string
}
