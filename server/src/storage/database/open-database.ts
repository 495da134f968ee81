import { Kysely } from 'kysely'
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
    throw error
  }
}

function open({ connect, limits, parts }: Connector) {
  const pool = createPool(connect, limits)
  return { pool, db: new Kysely<Schema>({ dialect: pooledDialect(pool, parts) }) }
}
