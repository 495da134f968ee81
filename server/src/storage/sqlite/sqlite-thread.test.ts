import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { bringUpToDate, sqliteMeans } from '../open-storage.ts'
import type { Link } from '../link.ts'
import { testStorage } from '../testing/open-for-contract.ts'
import { attempt } from '../testing/attempt-sample.ts'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'thread-'))
})
afterEach(() => rm(folder, { recursive: true }))

/** Storage whose threads can be killed, at any time or while they are at a statement that begins so. */
async function openKillable(path: string) {
  const means = sqliteMeans(path)
  const threads: Link[] = []
  let deadly: string | undefined
  const connect = async () => {
    const thread = await means.connect()
    threads.push(thread)
    const { run } = thread
    return Object.defineProperty(thread, 'run', {
      value(...[sql, parameters]: Parameters<Link['run']>) {
        const answer = run(sql, parameters)
        if (deadly !== undefined && sql.startsWith(deadly)) {
          deadly = undefined
          thread.destroy()
        }
        return answer
      },
    })
  }
  const db = await bringUpToDate({ ...means, connect })
  return {
    db,
    storage: testStorage(db),
    threads,
    kill: () => threads.at(-1)?.destroy(),
    dieOver(statement: string) {
      deadly = statement
    },
  }
}

test('a thread that has died is replaced, and work goes on', async () => {
  const { storage, threads, kill } = await openKillable(join(folder, 'a.db'))
  await storage.meta.set('a', '1')
  kill()
  expect(await storage.meta.get('a')).toBe('1')
  await storage.meta.set('a', '2')
  expect(await storage.meta.get('a')).toBe('2')
  expect(threads).toHaveLength(2)
  await storage.close()
})

test('what a dying thread was at fails, all or nothing, and does not hang', async () => {
  const { storage, dieOver } = await openKillable(join(folder, 'a.db'))
  dieOver('insert into "attempts"')
  await expect(storage.attempts.insertMany([attempt(), attempt()])).rejects.toThrow('closed')
  expect((await storage.attempts.list({})).rows).toEqual([])
  await storage.close()
})

test('a thread that dies inside a transaction takes all of it along', async () => {
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

test('a database in memory that is lost says so rather than begin anew', async () => {
  const { storage, kill } = await openKillable(':memory:')
  kill()
  await expect(storage.meta.get('a')).rejects.toThrow('lost')
  await storage.close()
})
