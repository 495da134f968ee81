import { Kysely, sql } from 'kysely'
import { setTimeout } from 'node:timers/promises'
import { StartError } from '../runtime/start-error.ts'
import { createAuditRepository, type AuditRepository } from './stores/audit-store.ts'
import { openSecretBox } from './encryption/open-secret-box.ts'
import type { SecretBox } from './encryption/secret-box.ts'
import {
  createClientTokenRepository,
  type ClientTokenRepository,
} from './stores/client-token-store.ts'
import {
  createEngineStateRepository,
  type EngineStateRepository,
} from './stores/engine-state-store.ts'
import {
  createAttemptRepository,
  type AttemptRepository,
  type Connections,
} from './history/attempt-store.ts'
import { createErrorRepository, type ErrorRepository } from './history/error-store.ts'
import { createHistoryRetention, type HistoryRetention } from './history/retention.ts'
import { createKeyRepository, type KeyRepository } from './stores/key-store.ts'
import { inTransaction } from './database/in-transaction.ts'
import type { Link } from './database/connection.ts'
import { createMetaRepository } from './stores/meta-store.ts'
import { type MetaRepository } from '../runtime/meta-store.ts'
import { migrate } from './migrations/migrate.ts'
import { createPool, type PoolLimits } from './database/pool.ts'
import { pooledDialect, type SqlParts } from './database/pooled-dialect.ts'
import { createProjectRepository, type ProjectRepository } from './stores/project-store.ts'
import type { Schema } from './database/schema.ts'
import {
  migrationLimits,
  poolLimits,
  serverLimits,
  serverLinks,
  serverParts,
} from './database/servers/open-server.ts'
import type { ServerAddress } from './database/servers/server-address.ts'
import type { ServerLimits } from './database/servers/server-connection.ts'
import { serverRefusal } from './database/servers/server-refusal.ts'
import { createSessionRepository, type SessionRepository } from './stores/session-store.ts'
import { createSignatureRepository, type SignatureRepository } from './stores/signature-store.ts'
import { createSettingsRepository, type SettingsRepository } from './stores/settings-store.ts'
import { sqliteLimits, sqliteLinks, sqliteParts } from './database/sqlite/open-sqlite.ts'
import { sqliteRefusal } from './database/sqlite/sqlite-refusal.ts'
import { createPriceRepository, type PriceRepository } from './rollups/price-store.ts'
import { createUsageRepository, type UsageRepository } from './rollups/usage-store.ts'

/** Everything that outlives the process. */
export type Storage = {
  readonly settings: SettingsRepository
  readonly keys: KeyRepository
  readonly clientTokens: ClientTokenRepository
  readonly projects: ProjectRepository
  readonly engineState: EngineStateRepository
  readonly attempts: AttemptRepository
  readonly signatures: SignatureRepository
  readonly audit: AuditRepository
  readonly errors: ErrorRepository
  readonly retention: HistoryRetention
  readonly usage: UsageRepository
  readonly prices: PriceRepository
  readonly sessions: SessionRepository
  readonly meta: MetaRepository
  /** All that the work does with the parts it is given, or nothing of it. */
  atOnce(work: (parts: OperatorParts) => Promise<void>): Promise<void>
  /** Whether the database answers now. */
  isReady(): Promise<boolean>
  /** After what was begun is done. */
  close(): Promise<void>
}

/** What operators have said, as opposed to what happened. */
export type OperatorParts = Pick<
  Storage,
  'settings' | 'keys' | 'clientTokens' | 'projects' | 'prices'
>

export type DatabaseChoice =
  /** A file; it and its folder are made when missing. `:memory:` keeps nothing. */
  { readonly kind: 'sqlite'; readonly path: string } | ServerAddress

export type StorageOptions = {
  readonly database: DatabaseChoice
  /** What secrets are sealed with; without it they are stored as they are. */
  readonly encryptionKey?: string | undefined
  readonly now: () => number
}

/** Opens the database and brings its tables up to date. Rejects with StartError, whose sentence says what to do. */
export async function openStorage({
  database,
  encryptionKey,
  now,
}: StorageOptions): Promise<Storage> {
  const db = await openDatabase(database)
  // A thread of its own for reports, which a file has and a database in memory cannot: what is written does not wait for them.
  const isFile = database.kind === 'sqlite' && database.path !== ':memory:'
  const reads = isFile ? connectTo(sqliteMeans(database.path, { isForReports: true })).db : db
  try {
    return createStorage({ db, reads, now, box: await openSecretBox(db, encryptionKey) })
  } catch (error) {
    if (reads !== db) await reads.destroy()
    await db.destroy()
    throw error
  }
}

/** The database with its tables up to date, whatever its secrets are sealed with. Rejects with StartError. */
export async function openDatabase(database: DatabaseChoice): Promise<Kysely<Schema>> {
  if (database.kind === 'sqlite') return bringUpToDate(sqliteMeans(database.path))
  // Changes of tables may take long; everything later may not.
  const migrated = await bringUpToDate(serverMeans(database, migrationLimits))
  await migrated.destroy()
  return connectTo(serverMeans(database, serverLimits)).db
}

/** How a database is reached, and what is said when it is not. */
export type Means = {
  readonly connect: () => Promise<Link>
  readonly limits: PoolLimits
  readonly parts: SqlParts
  readonly refusal: (error: unknown) => string
}

export const sqliteMeans = (path: string, { isForReports } = { isForReports: false }): Means => ({
  connect: sqliteLinks({ path, isForReports }),
  limits: sqliteLimits,
  parts: sqliteParts,
  refusal: (error) => sqliteRefusal(path, error),
})

export const serverMeans = (address: ServerAddress, limits: ServerLimits): Means => ({
  connect: serverLinks(address, limits),
  limits: poolLimits,
  parts: serverParts[address.kind],
  refusal: (error) => serverRefusal(address, error),
})

function connectTo({ connect, limits, parts }: Means) {
  const pool = createPool(connect, limits)
  return { pool, db: new Kysely<Schema>({ dialect: pooledDialect(pool, parts) }) }
}

/** The database, open and with the tables of this version. Rejects with StartError. */
export async function bringUpToDate(means: Means): Promise<Kysely<Schema>> {
  const { pool, db } = connectTo(means)
  try {
    await pool.acquire().then(pool.release, (error: unknown) => {
      throw new StartError(means.refusal(error), error)
    })
    await migrate(db)
    return db
  } catch (error) {
    await db.destroy()
    throw error
  }
}

export type StorageMeans = Connections & { readonly box: SecretBox }

export function createStorage(means: StorageMeans): Storage {
  const { db, reads, now, box } = means
  return {
    settings: createSettingsRepository(db, means),
    keys: createKeyRepository(db, means),
    clientTokens: createClientTokenRepository(db),
    projects: createProjectRepository(db, now),
    engineState: createEngineStateRepository(db, now),
    audit: createAuditRepository(db),
    signatures: createSignatureRepository(db),
    attempts: createAttemptRepository(means),
    errors: createErrorRepository(means),
    retention: createHistoryRetention(db),
    usage: createUsageRepository(means),
    prices: createPriceRepository(means),
    sessions: createSessionRepository(db),
    meta: createMetaRepository(db, box),
    atOnce: (work) =>
      inTransaction(db, (step) => work(createStorage({ ...means, db: step, reads: step }))),
    isReady: () => isReady(db),
    async close() {
      if (reads !== db) await reads.destroy()
      await db.destroy()
    },
  }
}

const readyMs = 3000

async function isReady(db: Kysely<Schema>): Promise<boolean> {
  const isAnswered = sql`select 1`.execute(db).then(
    () => true,
    () => false,
  )
  return Promise.race([isAnswered, setTimeout(readyMs, false, { ref: false })])
}
