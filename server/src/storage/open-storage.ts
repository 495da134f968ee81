import { Kysely, sql } from 'kysely'
import { setTimeout } from 'node:timers/promises'
import { StartError } from '../runtime/start-error.ts'
import { createAuditStore } from './stores/audit-store.ts'
import type {
  AuditStore,
  RequestLogStore,
  ErrorStore,
  RetentionStore,
  PriceStore,
  UsageStore,
} from '../telemetry/stores.ts'
import { openSecretBox } from './encryption/open-secret-box.ts'
import type { SecretBox } from './encryption/secret-box.ts'
import { createClientTokenStore, type ClientTokenStore } from './stores/client-token-store.ts'
import { createEngineStateStore, type EngineStateStore } from './stores/engine-state-store.ts'
import { createRequestLogStore, type Connections } from './history/attempt-store.ts'
import { createErrorStore } from './history/error-store.ts'
import { createRetentionStore } from './history/retention.ts'
import { createKeyStore } from './stores/key-store.ts'
import type { KeyStore, ProjectStore } from '../keys/stores.ts'
import { inTransaction } from './database/in-transaction.ts'
import type { Connection } from './database/connection.ts'
import { createMetaStore } from './stores/meta-store.ts'
import type { MetaStore } from '../runtime/meta-store.ts'
import { migrate } from './migrations/migrate.ts'
import { createPool, type PoolLimits } from './database/pool.ts'
import { pooledDialect, type SqlParts } from './database/pooled-dialect.ts'
import { createProjectStore } from './stores/project-store.ts'
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
import { createSessionStore, type SessionStore } from './stores/session-store.ts'
import { createSignatureStore } from './stores/signature-store.ts'
import type { SignatureStore } from '../resources/stores.ts'
import { createSettingsStore } from './stores/settings-store.ts'
import type { SettingsStore } from '../settings/stores.ts'
import { sqliteLimits, sqliteLinks, sqliteParts } from './database/sqlite/open-sqlite.ts'
import { sqliteRefusal } from './database/sqlite/sqlite-refusal.ts'
import { createPriceStore } from './rollups/price-store.ts'
import { createUsageStore } from './rollups/usage-store.ts'

/** Everything that outlives the process. */
export type Storage = {
  readonly settings: SettingsStore
  readonly keys: KeyStore
  readonly tokens: ClientTokenStore
  readonly projects: ProjectStore
  readonly engineState: EngineStateStore
  readonly requestLog: RequestLogStore
  readonly signatures: SignatureStore
  readonly audit: AuditStore
  readonly errors: ErrorStore
  readonly retention: RetentionStore
  readonly usage: UsageStore
  readonly prices: PriceStore
  readonly sessions: SessionStore
  readonly meta: MetaStore
  /** All that the work does with the parts it is given, or nothing of it. */
  atOnce(work: (parts: OperatorParts) => Promise<void>): Promise<void>
  /** Whether the database answers now. */
  isReady(): Promise<boolean>
  /** After what was begun is done. */
  close(): Promise<void>
}

/** What operators have said, as opposed to what happened. */
export type OperatorParts = Pick<Storage, 'settings' | 'keys' | 'tokens' | 'projects' | 'prices'>

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
export type Connector = {
  readonly connect: () => Promise<Connection>
  readonly limits: PoolLimits
  readonly parts: SqlParts
  readonly refusal: (error: unknown) => string
}

export const sqliteMeans = (
  path: string,
  { isForReports } = { isForReports: false },
): Connector => ({
  connect: sqliteLinks({ path, isForReports }),
  limits: sqliteLimits,
  parts: sqliteParts,
  refusal: (error) => sqliteRefusal(path, error),
})

export const serverMeans = (address: ServerAddress, limits: ServerLimits): Connector => ({
  connect: serverLinks(address, limits),
  limits: poolLimits,
  parts: serverParts[address.kind],
  refusal: (error) => serverRefusal(address, error),
})

function connectTo({ connect, limits, parts }: Connector) {
  const pool = createPool(connect, limits)
  return { pool, db: new Kysely<Schema>({ dialect: pooledDialect(pool, parts) }) }
}

/** The database, open and with the tables of this version. Rejects with StartError. */
export async function bringUpToDate(means: Connector): Promise<Kysely<Schema>> {
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
    settings: createSettingsStore(db, means),
    keys: createKeyStore(db, means),
    tokens: createClientTokenStore(db),
    projects: createProjectStore(db, now),
    engineState: createEngineStateStore(db, now),
    audit: createAuditStore(db),
    signatures: createSignatureStore(db),
    requestLog: createRequestLogStore(means),
    errors: createErrorStore(means),
    retention: createRetentionStore(db),
    usage: createUsageStore(means),
    prices: createPriceStore(means),
    sessions: createSessionStore(db),
    meta: createMetaStore(db, box),
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
