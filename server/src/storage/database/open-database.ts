import { Kysely } from 'kysely'
import { DatabaseError } from '../../runtime/database-error.ts'
import { StartError } from '../../runtime/start-error.ts'
import type { DatabaseChoice } from '../choose-database.ts'
import { migrate } from '../migrations/migrate.ts'
import type { Connector } from './connector.ts'
import { createPool } from './pool.ts'
import { pooledDialect } from './pooled-dialect.ts'
import type { Schema } from './schema.ts'
import { migrationLimits, serverConnector, serverLimits } from './servers/open-server.ts'
import { sqliteConnector } from './sqlite/open-sqlite.ts'

/** The database with the tables of this version, whatever its secrets are encrypted with. Rejects with StartError. */
export async function openDatabase(database: DatabaseChoice): Promise<Kysely<Schema>> {
  if (database.kind === 'sqlite') return openMigrated(sqliteConnector(database.path))
  // Migrations may take long; later statements may not.
  const migrated = await openMigrated(serverConnector(database, migrationLimits))
  await migrated.destroy()
  return open(serverConnector(database, serverLimits)).db
}

/** A second thread for reports, so that writes do not wait for them: for database files only. */
export function openReports(database: DatabaseChoice): Kysely<Schema> | undefined {
  if (database.kind !== 'sqlite' || database.path === ':memory:') return undefined
  return open(sqliteConnector(database.path, { isForReports: true })).db
}

/** Rejects with StartError. */
export async function openMigrated(connector: Connector): Promise<Kysely<Schema>> {
  const { pool, db } = open(connector)
  try {
    await pool.acquire().then(pool.release, (error: unknown) => {
      throw new StartError(connector.explain(error), error)
    })
    await migrate(db)
    return db
  } catch (error) {
    await db.destroy()
    throw isDiskFailure(error) ? new StartError(connector.explain(error.cause), error) : error
  }
}

/** The first write to a full disk. */
const isDiskFailure = (error: unknown): error is StartError & { readonly cause: DatabaseError } =>
  error instanceof StartError &&
  error.cause instanceof DatabaseError &&
  /^SQLITE_(FULL|IOERR|READONLY)/.test(error.cause.code)

function open({ connect, limits, parts }: Connector) {
  const pool = createPool(connect, limits)
  return { pool, db: new Kysely<Schema>({ dialect: pooledDialect(pool, parts) }) }
}
