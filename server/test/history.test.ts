import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { startFakeGemini } from '@gemini-balance/fake-gemini'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { openStorage } from '../src/storage/open-storage.ts'
import { callAdmin } from './support/admin.ts'
import {
  adminToken,
  clientToken,
  generate,
  healthyProjects,
  keyNumber,
  useGateway,
} from './support/gateway.ts'

const [first, ...others] = healthyProjects(2)
const gateway = useGateway({
  fake: {
    projects: [
      { ...first, id: 'spent', keys: [keyNumber(0)], quotas: { '*': { rpd: 0 } } },
      ...others,
    ],
  },
  settings: { ERROR_LOG_RECORD_REQUEST_BODY: 'true' },
})
beforeAll(async () => {
  for (let call = 0; call < 6; call += 1) await generate(gateway, `call ${call} by ${clientToken}`)
  const attempts = async () => expect((await admin('/api/attempts')).text).toContain('quota')
  await vi.waitFor(attempts, { timeout: 10_000 })
})

const admin = (path: string, method = 'GET', body?: unknown) =>
  callAdmin(gateway, path, { method, body })

type ErrorShown = { id: number; key_id: number; error_code: number; request_time: string }

async function errors(query = ''): Promise<{ logs: ErrorShown[]; total: number }> {
  const { text } = await admin(`/api/logs/errors?${query}`)
  return JSON.parse(text)
}

test('of every attempt the log tells why it got its key, of how many, and how its lane stood after it', async () => {
  const { text } = await admin('/api/attempts')
  const { rows }: { rows: Record<string, unknown>[] } = JSON.parse(text)
  const refused = rows.find(({ verdict }) => verdict === 'quota-zero')
  expect(refused).toMatchObject({
    choice: 'least-recently-used',
    trial: false,
    ready: 2,
    groups: 2,
    laneStatus: 'unavailable',
  })
  const after = rows.filter(({ at, verdict }) => verdict === 'answered' && at !== refused?.['at'])
  expect(after.length).toBeGreaterThan(0)
  for (const row of after) expect(row).toMatchObject({ groups: 2, laneStatus: 'ready' })
  expect(rows[0]).toMatchObject({ ready: 1 })
})

describe('errors', () => {
  test('are found by key, text, code and time, with what was asked and without any secret', async () => {
    const { logs, total } = await errors()
    expect(total).toBeGreaterThan(0)
    const [error] = logs
    expect(error).toMatchObject({ error_code: 429 })
    const end = keyNumber(0).slice(-4)
    for (const query of [
      `key_search=${error?.key_id}`,
      `key_search=${end}`,
      'error_search=QUOTA',
      `key_search=${keyNumber(0)}`,
      `error_search=${keyNumber(0)}`,
      'error_code_search=429',
      'sort_order=asc',
    ])
      // oxfmt-ignore
      expect((await errors(query)).total).toBe(total)
    for (const query of [
      `error_search=${keyNumber(1)}`,
      'error_code_search=500',
      'error_search=nowhere',
      'end_date=2020-01-01',
    ])
      expect((await errors(query)).total).toBe(0)
    const details = await admin(`/api/logs/errors/${error?.id}/details`)
    expect(details.text).toContain('by ')
    for (const secret of [keyNumber(0), clientToken, adminToken])
      expect(details.text).not.toContain(secret)
  })

  test('are looked up by key and moment', async () => {
    const { logs } = await errors()
    const query = `gemini_key=${logs[0]?.key_id}&timestamp=${logs[0]?.request_time}&status_code=429`
    expect((await admin(`/api/logs/errors/lookup?${query}`)).answer['id']).toBe(logs[0]?.id)
    const never = `gemini_key=${logs[0]?.key_id}&timestamp=2020-01-01T00:00:00Z`
    expect((await admin(`/api/logs/errors/lookup?${never}`)).status).toBe(404)
  })

  test('that are not there are 404, and questions that mean nothing 400', async () => {
    expect((await admin('/api/logs/errors/999999999/details')).status).toBe(404)
    expect((await admin('/api/logs/errors/999999999', 'DELETE')).status).toBe(404)
    for (const path of [
      '/api/logs/errors?limit=0',
      '/api/logs/errors?start_date=soon',
      '/api/logs/errors?key_search=ab',
      '/api/stats/series?period=2y',
    ])
      // oxfmt-ignore
      expect([path, (await admin(path)).status]).toEqual([path, 400])
    expect((await admin('/api/logs/errors', 'DELETE', { ids: [] })).status).toBe(400)
  })

  test('are deleted one by one and all at once', async () => {
    const { logs } = await errors()
    expect((await admin(`/api/logs/errors/${logs[0]?.id}`, 'DELETE')).status).toBe(200)
    expect((await admin('/api/logs/errors/all', 'DELETE')).status).toBe(200)
    expect((await errors()).total).toBe(0)
  })
})

describe('statistics', () => {
  test('count requests, successes and failures in every window and bucket', async () => {
    const { text } = await admin('/api/stats')
    const { windows } = JSON.parse(text)
    for (const name of ['minute', 'hour', 'day', 'month'])
      expect([name, windows[name]]).toMatchObject([name, { requests: 6, success: 6 }])
    for (const period of ['1h', '8h', '24h', '30d']) {
      const { buckets } = JSON.parse((await admin(`/api/stats/series?period=${period}`)).text)
      const requests = buckets.map((bucket: { requests: number }) => bucket.requests)
      expect(requests.reduce((sum: number, one: number) => sum + one, 0)).toBe(6)
    }
  })

  test('tell models apart with their cost, which is unknown until a price is said', async () => {
    const row = async () => JSON.parse((await admin('/api/stats/by?of=model')).text).rows[0]
    expect(await row()).toMatchObject({ name: 'gemini-3.8-flash', success: 6, cost: 0 })
    expect((await row()).unpricedTokens).toBeGreaterThan(0)
    const price = { model: 'gemini-3.8-flash', prompt: 1, output: 2, cached: 0.1, source: 'a test' }
    expect((await admin('/api/prices', 'PUT', { prices: [price] })).status).toBe(200)
    expect((await row()).unpricedTokens).toBe(0)
    expect((await row()).cost).toBeGreaterThan(0)
    expect((await admin('/api/prices', 'PUT', { prices: [price, price] })).status).toBe(400)
  })

  test('name the keys that need attention, and what each key did', async () => {
    const { keys } = JSON.parse((await admin('/api/stats/attention-keys')).text)
    expect(keys[0]).toMatchObject({ key: `…${keyNumber(0).slice(-4)}`, status_code: 429 })
    const usage = await admin(`/api/key-usage-details/${keys[0].key_id}`)
    expect(usage.answer).toEqual({ 'gemini-3.8-flash': keys[0].count })
    const details = await admin(`/api/stats/key-details?key=${keys[0].key_id}`)
    expect(JSON.parse(details.text).rows[0]).toMatchObject({ status: 429, keyId: keys[0].key_id })
    expect((await admin('/api/key-usage-details/none-of-ours')).status).toBe(404)
  })
})

describe('a process that is killed', () => {
  const main = fileURLToPath(new URL('../src/main.ts', import.meta.url))

  const children: ChildProcess[] = []
  afterAll(() => {
    for (const child of children) child.kill('SIGKILL')
  })

  async function start(folder: string, upstream: string) {
    const child = spawn(process.execPath, ['--conditions=source', '--import', 'tsx', main], {
      cwd: fileURLToPath(new URL('..', import.meta.url)),
      env: {
        PATH: process.env['PATH'] ?? '',
        HOST: '127.0.0.1',
        PORT: '0',
        DATA_DIR: folder,
        BASE_URL: `${upstream}/v1beta`,
        API_KEYS: keyNumber(1),
        ALLOWED_TOKENS: clientToken,
        AUTH_TOKEN: adminToken,
      },
    })
    children.push(child)
    return { child, url: await addressOf(child) }
  }

  function addressOf(child: ChildProcess): Promise<string> {
    return new Promise((resolve, reject) => {
      let said = ''
      child.stdout?.on('data', (chunk: Buffer) => {
        said += chunk.toString()
        const url = /listens on (http:\/\/[\w.]+:\d+)\D/.exec(said)?.[1]
        if (url !== undefined) resolve(url)
      })
      child.once('exit', () => reject(new Error(said)))
    })
  }

  test('loses the rows of its last second at most, and counts exactly those it kept', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'killed-'))
    const fake = await startFakeGemini({ projects: healthyProjects(2) })
    const { child, url } = await start(folder, fake.url)
    const answered: number[] = []
    const end = new AbortController()
    const client = async () => {
      while (!end.signal.aborted) {
        const { status } = await generate({ url }, 'hello').catch(() => ({ status: 0 }))
        if (status === 200) answered.push(performance.now())
      }
    }
    const clients = [1, 2, 3, 4].map(client)
    // Rows answered more than a second before the kill must be written by then.
    const safeAt = (now: number) => answered.filter((at) => at < now - 1000).length
    await expect.poll(() => safeAt(performance.now()), { timeout: 20_000 }).toBeGreaterThan(100)
    const exited = once(child, 'exit')
    const killed = performance.now()
    child.kill('SIGKILL')
    end.abort()
    await exited
    await Promise.all(clients)
    await fake.close()

    const database = { kind: 'sqlite', path: join(folder, 'gemini-balance.db') } as const
    const storage = await openStorage({ database, now: Date.now })
    const to = Date.now() + 60_000
    const sums = await storage.usage.sums({ from: 0, to }, 'verdict')
    const counted = sums.reduce((sum, { attempts }) => sum + attempts, 0)
    let rows = 0
    for (let before: number | undefined, next = true; next;) {
      const page = await storage.requestLog.list({}, { limit: 1000, before })
      rows += page.rows.length
      before = page.next
      next = before !== undefined
    }
    const keys = await storage.keys.all()
    await storage.close()
    await rm(folder, { recursive: true })
    expect(rows).toBeGreaterThanOrEqual(safeAt(killed))
    expect(counted).toBe(rows)
    expect(keys).toHaveLength(1)
  }, 60_000)
})
