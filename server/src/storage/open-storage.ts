import { Kysely } from 'kysely'
import { mkdir, open } from 'node:fs/promises'
import { dirname } from 'node:path'
import { StartError } from '../start-error.ts'
import { createAttemptRepository, type AttemptRepository } from './attempt-repository.ts'
import {
  createClientTokenRepository,
  type ClientTokenRepository,
} from './client-token-repository.ts'
import {
  createEngineStateRepository,
  type EngineStateRepository,
} from './engine-state-repository.ts'
import { createKeyRepository, type KeyRepository } from './key-repository.ts'
import { createMetaRepository, type MetaRepository } from './meta-repository.ts'
import { migrate } from './migrations/migrate.ts'
import type { Schema } from './schema.ts'
import { createSettingsRepository, type SettingsRepository } from './settings-repository.ts'
import { sqliteDialect } from './sqlite/sqlite-dialect.ts'
import { connectToWorker, type WorkerConnection } from './sqlite/worker-connection.ts'

/** Everything that outlives the process. */
export type Storage = {
  readonly settings: SettingsRepository
  readonly keys: KeyRepository
  readonly clientTokens: ClientTokenRepository
  readonly engineState: EngineStateRepository
  readonly attempts: AttemptRepository
  readonly meta: MetaRepository
  /** Whether the database answers now. */
  isReady(): Promise<boolean>
  /** After what was begun is done. */
  close(): Promise<void>
}

export type StorageOptions = {
  /** The database file; it and its folder are made when missing. `:memory:` keeps nothing. */
  readonly path: string
  readonly now: () => number
}

/** Opens the database and brings its tables up to date. Rejects with StartError, whose sentence says what to do. */
export async function openStorage({ path, now }: StorageOptions): Promise<Storage> {
  const connection = await connect(path)
  try {
    return await createStorage(connection, now)
  } catch (error) {
    await connection.close()
    throw error
  }
}

export async function createStorage(
  connection: WorkerConnection,
  now: () => number,
): Promise<Storage> {
  const db = new Kysely<Schema>({ dialect: sqliteDialect(connection) })
  await migrate(db)
  return {
    settings: createSettingsRepository(db, now),
    keys: createKeyRepository(db, now),
    clientTokens: createClientTokenRepository(db),
    engineState: createEngineStateRepository(db, now),
    attempts: createAttemptRepository(db),
    meta: createMetaRepository(db),
    isReady: () =>
      connection.run('select 1', []).then(
        () => true,
        () => false,
      ),
    close: () => db.destroy(),
  }
}

async function connect(path: string): Promise<WorkerConnection> {
  try {
    if (path !== ':memory:') await makeFile(path)
    return await connectToWorker(path)
  } catch (error) {
    throw new StartError(sentenceFor(path, error), { cause: error })
  }
}

/** Keys are in this file: nobody but its owner reads it. */
async function makeFile(path: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  const file = await open(path, 'a', 0o600)
  await file.close()
}

const mayNotWrite = 'this user may not write it. Set DATA_DIR to a folder that can be written.'
const noFolder = 'its folder cannot be made. Set DATA_DIR to a folder that can be written.'
const diskFull = 'the disk is full. Make room and start again.'

const reasons: Readonly<Record<string, string>> = {
  EACCES: mayNotWrite,
  EPERM: mayNotWrite,
  EROFS: mayNotWrite,
  SQLITE_READONLY: mayNotWrite,
  SQLITE_CANTOPEN: mayNotWrite,
  EISDIR: 'it is a folder. Set SQLITE_DATABASE to another name.',
  ENOTDIR: noFolder,
  EEXIST: noFolder,
  ENOENT: noFolder,
  ENOSPC: diskFull,
  SQLITE_FULL: diskFull,
  SQLITE_NOTADB:
    'it is a file of another kind. Move it away, or set SQLITE_DATABASE to another name.',
  SQLITE_CORRUPT: 'it is damaged. Restore a copy of it, or move it away to start anew.',
  SQLITE_BUSY: 'another program keeps it locked. End that program and start again.',
}

function sentenceFor(path: string, error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  const known = Object.entries(reasons).find(([name]) => code.startsWith(name))
  const reason = known?.[1] ?? (error instanceof Error ? error.message : String(error))
  return `The database ${path} cannot be opened: ${reason}`
}
