import Database from 'libsql'
import { mkdtempSync } from 'node:fs'
import { mkdtemp, rm, stat, writeFile, mkdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest'
import { StartError } from '../runtime/start-error.ts'
import { openStorage } from './open-storage.ts'
import { sqliteConnector } from './database/sqlite/open-sqlite.ts'
import type { Storage } from './storage.ts'
import { createSealedBox } from './encryption/secret-box.ts'
import { openForContract } from './testing/open-for-contract.ts'
import { attempt } from './testing/attempt-sample.ts'
import { keyState, storageContract } from './testing/store-contract.ts'

const now = () => 1000
let folder = ''
const opened: Storage[] = []

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'storage-'))
})
afterEach(async () => {
  for (const storage of opened.splice(0)) await storage.close()
  await rm(folder, { recursive: true })
})

async function openAt(...names: string[]): Promise<Storage> {
  const storage = await openStorage({
    database: { kind: 'sqlite', path: join(folder, ...names) },
    now,
  })
  opened.push(storage)
  return storage
}

storageContract('SQLite in memory', () => openForContract(sqliteConnector(':memory:')))
storageContract('SQLite, encrypted', async () => {
  const box = await createSealedBox('a canary passphrase', Buffer.alloc(16, 7))
  return openForContract(sqliteConnector(':memory:'), box)
})
describe('with a folder', () => {
  const contractFolder = mkdtempSync(join(tmpdir(), 'contract-'))
  afterAll(() => rm(contractFolder, { recursive: true }))
  storageContract('SQLite in a file', () =>
    openForContract(sqliteConnector(join(contractFolder, 'a.db'))),
  )
})

async function fill(storage: Storage): Promise<void> {
  await storage.settings.write(new Map([['A', { value: '1', origin: 'database' } as const]]))
  await storage.keys.syncValues(['one', 'two'])
  await storage.engineState.apply([{ id: 'key:1', row: keyState(1) }])
  await storage.requestLog.insertMany([attempt()])
  await storage.signatures.insertMany([{ name: 'ann call_1', signature: 'sig', at: 1 }])
}

async function content(storage: Storage) {
  return {
    settings: await storage.settings.all(),
    keys: (await storage.keys.all()).map(({ id, secret }) => [id, secret.reveal()]),
    engineState: await storage.engineState.all(),
    attempts: (await storage.requestLog.list({})).rows,
    signatures: await storage.signatures.newest(10),
  }
}

describe('a database file', () => {
  test('keeps everything over a restart', async () => {
    const storage = await openAt('new', 'folders', 'a.db')
    await fill(storage)
    const before = await content(storage)
    await storage.close()
    expect(await content(await openAt('new', 'folders', 'a.db'))).toEqual(before)
  })

  test('holds every write at once, even if the process is killed', async () => {
    const storage = await openAt('a.db')
    await fill(storage)
    expect(await content(await openAt('a.db'))).toEqual(await content(storage))
  })

  test('can be read by its owner only', async () => {
    await openAt('a.db')
    expect((await stat(join(folder, 'a.db'))).mode & 0o077).toBe(0)
  })

  test('that is closed finishes earlier writes, refuses later ones, and may be closed again', async () => {
    const storage = await openAt('a.db')
    expect(await storage.isReady()).toBe(true)
    const asked = storage.meta.set('a', 'written before the end')
    await storage.close()
    await asked
    expect(await storage.isReady()).toBe(false)
    await expect(storage.meta.get('a')).rejects.toThrow()
    expect(await (await openAt('a.db')).meta.get('a')).toBe('written before the end')
  })

  test('skips engine state of another version', async () => {
    const storage = await openAt('a.db')
    await fill(storage)
    const database = new Database(join(folder, 'a.db'))
    const insert = database.prepare('insert into engine_state values (?, ?, 0)')
    insert.run(['key:2', '{"kind":"key","version":999}'])
    insert.run(['key:3', 'not json'])
    insert.run(['key:4', 'null'])
    database.close()
    expect(await storage.engineState.all()).toEqual([keyState(1)])
  })
})

async function failureOf(...names: string[]): Promise<string> {
  const error: unknown = await openAt(...names).catch((error: unknown) => error)
  expect(error).toBeInstanceOf(StartError)
  return String(error)
}

describe('a database that cannot be opened', () => {
  test('says so when its folder cannot be created', async () => {
    await writeFile(join(folder, 'file'), '')
    expect(await failureOf('file', 'a.db')).toContain('a file is in the place of its folder')
    expect(await failureOf('file', 'deeper', 'a.db')).toContain(
      'a file is in the place of its folder',
    )
  })

  test('says so when it is a folder', async () => {
    await mkdir(join(folder, 'a.db'))
    expect(await failureOf('a.db')).toContain('it is a folder')
  })

  test('says so when it is another kind of file', async () => {
    await writeFile(join(folder, 'a.db'), 'A letter, not a database. '.repeat(100))
    expect(await failureOf('a.db')).toContain('it is no SQLite database')
  })

  test('says so when a newer version wrote it', async () => {
    await (await openAt('a.db')).close()
    const database = new Database(join(folder, 'a.db'))
    database.exec(`insert into kysely_migration values ('999-later', '2030-01-01')`)
    database.close()
    expect(await failureOf('a.db')).toContain('newer version')
  })
})
