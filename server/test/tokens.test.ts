import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { GoogleGenAI } from '@google/genai'
import OpenAI from 'openai'
import { afterEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { callAdmin } from './support/admin.ts'
import {
  adminToken,
  clientToken,
  healthyProjects,
  startGateway,
  type TestGateway,
} from './support/gateway.ts'

let gateway: TestGateway
afterEach(() => gateway.close())

const start = (settings: Record<string, string> = {}) =>
  startGateway({ fake: { projects: healthyProjects(3) }, settings })

const admin = (path: string, body?: object, method = body === undefined ? 'GET' : 'POST') =>
  callAdmin(gateway, path, { method, body })
const change = (id: unknown, terms: object) => admin(`/api/tokens/${id}`, terms, 'PATCH')
const remove = (id: unknown) => admin(`/api/tokens/${id}`, undefined, 'DELETE')

const created = z.object({ token: z.string(), shown: z.object({ id: z.string() }).loose() })
const listed = z.object({ tokens: z.array(z.object({ id: z.string(), name: z.string() }).loose()) })

async function create(terms: object = {}) {
  const { answer } = await admin('/api/tokens', { name: 'a client', ...terms })
  return created.parse(answer)
}

async function list() {
  return listed.parse((await admin('/api/tokens')).answer).tokens
}

const question = JSON.stringify({ contents: [{ role: 'user', parts: [{ text: 'hi' }] }] })

async function ask(token: string, model = 'gemini-3.8-flash') {
  const response = await fetch(`${gateway.url}/v1beta/models/${model}:generateContent`, {
    method: 'POST',
    headers: { 'x-goog-api-key': token, 'content-type': 'application/json' },
    body: question,
  })
  return { status: response.status, headers: response.headers, text: await response.text() }
}

describe('a client token', () => {
  test('is shown once, when it is created, and works at once', async () => {
    gateway = await start()
    const { token, shown } = await create()
    expect((await ask(token)).status).toBe(200)
    const everything = JSON.stringify(await list()) + gateway.logged.join('\n')
    expect(everything).toContain(shown.id)
    expect(everything).not.toContain(token)
  })

  test('keeps its terms over a restart', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'gemini-balance-'))
    const options = { fake: { projects: healthyProjects(2) }, dataDir }
    gateway = await startGateway(options)
    const { token } = await create({ limits: { requestsPerDay: 5 } })
    const before = await list()
    await gateway.close()
    gateway = await startGateway(options)
    expect((await ask(token)).status).toBe(200)
    expect((await list()).map(({ use: _use, ...terms }) => terms)).toEqual(
      before.map(({ use: _use, ...terms }) => terms),
    )
    await rm(dataDir, { recursive: true })
  })

  test('that is disabled, expired or deleted is refused with a message, and no key is used', async () => {
    gateway = await start()
    const { token, shown } = await create()
    await change(shown.id, { enabled: false })
    const disabled = await ask(token)
    expect([disabled.status, disabled.text]).toEqual([401, expect.stringContaining('disabled')])
    await change(shown.id, { enabled: true, expiresAt: '1970-01-01T00:00:01Z' })
    const expired = await ask(token)
    expect([expired.status, expired.text]).toEqual([401, expect.stringContaining('expired')])
    await remove(shown.id)
    expect((await ask(token)).status).toBe(401)
    expect(gateway.fake.received()).toEqual([])
  })

  test('gives no access to the admin API', async () => {
    gateway = await start()
    const { token } = await create()
    for (const path of ['/api/tokens', '/api/keys', '/api/config']) {
      const headers = { authorization: `Bearer ${token}` }
      expect((await fetch(gateway.url + path, { headers })).status).toBe(401)
    }
  })

  test('may be limited to models, in calls and in lists', async () => {
    gateway = await start()
    const { token } = await create({ allowedModels: ['gemini-3.8-flash'] })
    expect((await ask(token)).status).toBe(200)
    const other = await ask(token, 'gemini-2.5-pro')
    expect([other.status, other.text]).toEqual([403, expect.stringContaining('does not allow')])
    const client = new OpenAI({ apiKey: token, baseURL: `${gateway.url}/v1`, maxRetries: 0 })
    const names = []
    for await (const { id } of client.models.list()) names.push(id)
    expect(names).not.toEqual([])
    expect(names.every((name) => name.includes('gemini-3.8-flash'))).toBe(true)
  })

  test('may be limited to a dialect', async () => {
    gateway = await start()
    const { token } = await create({ allowedDialects: ['gemini'] })
    expect((await ask(token)).status).toBe(200)
    const client = new OpenAI({ apiKey: token, baseURL: `${gateway.url}/v1`, maxRetries: 0 })
    await expect(client.models.list()).rejects.toMatchObject({ status: 403 })
  })
})

describe('a limit of a client token', () => {
  test("gives Gemini clients a 429 in Google's shape, with the limit and the time of the next try", async () => {
    gateway = await start()
    const { token } = await create({ limits: { requestsPerMinute: 1 } })
    expect((await ask(token)).status).toBe(200)
    const refused = await ask(token)
    expect(refused.status).toBe(429)
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(refused.text).toContain('RESOURCE_EXHAUSTED')
    expect(refused.text).toContain('operator of this gateway')
    const client = new GoogleGenAI({ apiKey: token, httpOptions: { baseUrl: gateway.url } })
    const asked = client.models.generateContent({ model: 'gemini-3.8-flash', contents: 'hi' })
    await expect(asked).rejects.toMatchObject({ status: 429 })
    expect(gateway.fake.received()).toHaveLength(1)
  })

  test("gives OpenAI clients a 429 in OpenAI's shape", async () => {
    gateway = await start()
    const { token } = await create({ limits: { requestsPerDay: 1 } })
    const client = new OpenAI({ apiKey: token, baseURL: `${gateway.url}/v1`, maxRetries: 0 })
    const chat = () =>
      client.chat.completions.create({
        model: 'gemini-3.8-flash',
        messages: [{ role: 'user', content: 'hi' }],
      })
    await chat()
    await expect(chat()).rejects.toMatchObject({
      status: 429,
      message: expect.stringContaining('limit of 1 requests per day'),
    })
  })

  test('counts the tokens that an answer used', async () => {
    gateway = await start()
    const { token, shown } = await create({ limits: { tokensPerDay: 1 } })
    expect((await ask(token)).status).toBe(200)
    expect((await ask(token)).status).toBe(429)
    const use = z.object({ tokensToday: z.number() })
    const [one] = (await list()).filter(({ id }) => id === shown.id)
    expect(use.parse(one?.['use']).tokensToday).toBeGreaterThan(1)
  })

  test('on the cost of a month uses the prices that are set, and is kept over a restart', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'gemini-balance-'))
    const options = { fake: { projects: healthyProjects(2) }, dataDir }
    gateway = await startGateway(options)
    const price = {
      model: 'gemini-3.8-flash',
      since: '1970-01-01T00:00:00Z',
      prompt: 1e6,
      output: 1e6,
      cached: 1e6,
    }
    const answered = await fetch(`${gateway.url}/api/prices`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${adminToken}` },
      body: JSON.stringify({ prices: [{ ...price, source: 'a test' }] }),
    })
    expect(answered.status).toBe(200)
    const { token } = await create({ limits: { budgetPerMonth: 1 } })
    expect((await ask(token)).status).toBe(200)
    const spent = await ask(token)
    expect([spent.status, spent.text]).toEqual([429, expect.stringContaining('budget per month')])
    await gateway.close()
    gateway = await startGateway(options)
    expect((await ask(token)).status).toBe(429)
    await rm(dataDir, { recursive: true })
  })

  test('on concurrent requests is free again when a client disconnects', async () => {
    gateway = await start()
    const { token } = await create({ limits: { concurrent: 1 } })
    const leaving = new AbortController()
    const hanging = fetch(`${gateway.url}/v1beta/models/gemini-3.8-flash:generateContent`, {
      method: 'POST',
      headers: { 'x-goog-api-key': token, 'content-type': 'application/json' },
      body: JSON.stringify({ contents: [{ role: 'user', parts: [{ text: '[[fake:hang]]' }] }] }),
      signal: leaving.signal,
    })
    const left = expect(hanging).rejects.toThrow('abort')
    await expect.poll(() => gateway.fake.received()).toHaveLength(1)
    expect((await ask(token)).status).toBe(429)
    leaving.abort()
    await left
    await expect.poll(async () => (await ask(token)).status).toBe(200)
  })

  test('does not apply to the admin token', async () => {
    gateway = await start()
    for (let call = 0; call < 5; call += 1) expect((await ask(adminToken)).status).toBe(200)
  })
})

describe('ALLOWED_TOKENS', () => {
  test('are client tokens with a name, and may have limits', async () => {
    gateway = await start()
    const [token] = await list()
    expect(token).toMatchObject({ name: 'ALLOWED_TOKENS …ests', source: 'settings', limits: {} })
    await change(token?.id, { limits: { requestsPerDay: 1 } })
    expect((await ask(clientToken)).status).toBe(200)
    expect((await ask(clientToken)).status).toBe(429)
  })

  test('come and go with the setting', async () => {
    gateway = await start()
    const change = (tokens: string[]) =>
      fetch(`${gateway.url}/api/config`, {
        method: 'PUT',
        headers: { authorization: `Bearer ${adminToken}` },
        body: JSON.stringify({ ALLOWED_TOKENS: tokens }),
      })
    await change(['another-token-for-tests'])
    expect((await ask(clientToken)).status).toBe(401)
    expect((await ask('another-token-for-tests')).status).toBe(200)
    await expect.poll(async () => (await list()).length).toBe(1)
  })

  test('that are deleted as tokens are removed from the setting', async () => {
    gateway = await start({ ALLOWED_TOKENS: 'first-token-for-tests,second-token-for-tests' })
    const [first] = await list()
    await remove(first?.id)
    expect(gateway.program.settings.current().allowedTokens).toEqual(['second-token-for-tests'])
    expect((await ask('first-token-for-tests')).status).toBe(401)
    expect((await ask('second-token-for-tests')).status).toBe(200)
  })
})

describe('statistics name a caller', () => {
  const usage = z.object({ rows: z.array(z.looseObject({ name: z.string(), id: z.string() })) })
  const callers = async () =>
    usage.parse((await admin('/api/stats/by?of=caller')).answer).rows.map(({ name }) => name)

  test('by the name of its token, also of a deleted one, and the admin token as admin', async () => {
    gateway = await start()
    const { token: kept } = await create({ name: 'laptop' })
    const { token, shown } = await create({ name: 'old name' })
    for (const one of [kept, token, adminToken]) expect((await ask(one)).status).toBe(200)
    await change(shown.id, { name: 'new name' })
    await remove(shown.id)
    await expect
      .poll(async () => (await callers()).toSorted(), { timeout: 5000 })
      .toEqual(['admin', 'laptop', 'new name'])
  })
})

describe('a budget without prices is said to have no effect', () => {
  const warned = z.object({ warnings: z.array(z.string()) })
  const budget = { limits: { budgetPerMonth: 1 } }

  test('when a token is created or changed', async () => {
    gateway = await start()
    const { answer } = await admin('/api/tokens', { name: 'a', ...budget })
    expect(warned.parse(answer).warnings).toEqual([expect.stringContaining('never reached')])
    const { id } = created.parse(answer).shown
    const price = { model: 'gemini-3.8-flash', prompt: 1, output: 1, cached: 1 }
    await admin('/api/prices', { prices: [price] }, 'PUT')
    const changed = await change(id, { allowedModels: ['gemini-3.8-flash'] })
    expect(changed.answer).toEqual({ done: true, warnings: [] })
    const other = await change(id, { allowedModels: ['gemini-2.5-*'] })
    expect(warned.parse(other.answer).warnings[0]).toContain('gemini-2.5-*')
    expect((await change(id, { limits: {} })).answer).toEqual({ done: true, warnings: [] })
  })

  test('at the start', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'gemini-balance-'))
    const options = { fake: { projects: healthyProjects(1) }, dataDir }
    gateway = await startGateway(options)
    await create({ name: 'with a budget', ...budget })
    await gateway.close()
    gateway = await startGateway(options)
    expect(gateway.logged.join('')).toMatch(/with a budget.*budgetPerMonth is never reached/)
    await rm(dataDir, { recursive: true })
  })
})

test('invalid terms are refused by name', async () => {
  gateway = await start()
  const { status, answer } = await admin('/api/tokens', {
    name: '',
    limits: { requestsPerMinute: -1, requestsPerYear: 5 },
    allowedDialects: ['french'],
  })
  expect(status).toBe(400)
  const text = JSON.stringify(answer)
  for (const name of ['name', 'requestsPerMinute', 'requestsPerYear', 'allowedDialects']) {
    expect(text).toContain(name)
  }
})
