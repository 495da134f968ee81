import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openMigrated } from '../open-database.ts'
import { sqliteConnector } from './open-sqlite.ts'
import type { Connection } from '../connection.ts'
import { testStorage } from '../../testing/open-for-contract.ts'
import { attempt } from '../../testing/attempt-sample.ts'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'thread-'))
})
afterEach(() => rm(folder, { recursive: true }))

/** Storage whose threads can be killed. */
async function openKillable(path: string) {
  const connector = sqliteConnector(path)
  const threads: Connection[] = []
  const connect = async () => {
    const thread = await connector.connect()
    threads.push(thread)
    return thread
  }
  const db = await openMigrated({ ...connector, connect })
  return { db, storage: testStorage(db), threads, kill: () => threads.at(-1)?.destroy() }
}

test('a thread that has died is replaced', async () => {
  const { storage, threads, kill } = await openKillable(join(folder, 'a.db'))
  await storage.meta.set('a', '1')
  kill()
  expect(await storage.meta.get('a')).toBe('1')
  await storage.meta.set('a', '2')
  expect(await storage.meta.get('a')).toBe('2')
  expect(threads).toHaveLength(2)
  await storage.close()
})

test('a batch of a dying thread is written or fails, all or nothing, and does not hang', async () => {
  const { storage, kill } = await openKillable(join(folder, 'a.db'))
  const rows = Array.from({ length: 20_000 }, (_, number) => attempt({ number }))
  const writing = storage.requestLog.insertMany(rows)
  const written = writing.then(
    () => rows.length,
    () => 0,
  )
  await new Promise((resolve) => setImmediate(resolve))
  kill()
  const count = await written
  expect((await storage.requestLog.list({}, { limit: 1 })).rows).toHaveLength(Math.min(count, 1))
  const sums = await storage.usage.sums({ from: 0, to: Date.now() + 60_000 }, 'model')
  expect(sums.map(({ attempts }) => attempts)).toEqual(count === 0 ? [] : [count])
  await storage.close()
})

test('a thread that dies inside a transaction rolls all of it back', async () => {
  const { db, storage, kill } = await openKillable(join(folder, 'a.db'))
  const work = db.transaction().execute(async (step) => {
    await step.insertInto('meta').values({ name: 'a', value: '1' }).execute()
    kill()
    await step.insertInto('meta').values({ name: 'b', value: '2' }).execute()
  })
  await expect(work).rejects.toThrow('closed')
  expect([await storage.meta.get('a'), await storage.meta.get('b')]).toEqual([undefined, undefined])
  await storage.close()
})

test('a lost database in memory fails instead of starting empty', async () => {
  const { storage, kill } = await openKillable(':memory:')
  kill()
  await expect(storage.meta.get('a')).rejects.toThrow('lost')
  await storage.close()
})
