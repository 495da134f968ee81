import {
  MysqlAdapter,
  MysqlIntrospector,
  MysqlQueryCompiler,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
} from 'kysely'
import type { Connection } from '../connection.ts'
import type { Connector } from '../connector.ts'
import type { PoolLimits } from '../pool.ts'
import type { SqlParts } from '../pooled-dialect.ts'
import { connectMysql } from './mysql-connection.ts'
import { connectPostgres } from './postgres-connection.ts'
import type { ServerAddress, ServerKind } from './server-address.ts'
import type { ServerLimits } from './server-connection.ts'
import { explainServerFailure } from './server-failure.ts'

/** Fewer than a small server allows one program; nothing on a request's path uses them. */
const poolLimits: PoolLimits = {
  size: 6,
  waitMs: 15_000,
  trustMs: 5000,
  pingMs: 2000,
  closeMs: 2000,
}

export const serverLimits: ServerLimits = { connectMs: 5000, statementMs: 15_000 }

/** Tables may be large when a later version changes them. */
export const migrationLimits: ServerLimits = { ...serverLimits, statementMs: 3_600_000 }

const transactions = { begin: 'begin', transactionWaitMs: 30_000 }

const serverParts: Readonly<Record<ServerKind, SqlParts>> = {
  mysql: {
    ...transactions,
    createQueryCompiler: () => new MysqlQueryCompiler(),
    createAdapter: () => new MysqlAdapter(),
    createIntrospector: (database) => new MysqlIntrospector(database),
  },
  postgresql: {
    ...transactions,
    createQueryCompiler: () => new PostgresQueryCompiler(),
    createAdapter: () => new PostgresAdapter(),
    createIntrospector: (database) => new PostgresIntrospector(database),
  },
}

const drivers = { mysql: connectMysql, postgresql: connectPostgres }

export const serverConnector = (address: ServerAddress, limits: ServerLimits): Connector => ({
  connect: () => connectServer(address, limits),
  limits: poolLimits,
  parts: serverParts[address.kind],
  explain: (error) => explainServerFailure(address, error),
})

export function connectServer(address: ServerAddress, limits: ServerLimits): Promise<Connection> {
  return drivers[address.kind](address, limits)
}
