import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { callAdmin, type AdminCall } from './support/admin.ts'
import {
  adminToken,
  clientToken,
  generate,
  healthyProjects,
  keyNumber,
  startGateway,
  type TestGateway,
  useGateway,
} from './support/gateway.ts'

const [first, ...others] = healthyProjects(4)
const gateway = useGateway({
  fake: {
    projects: [
      { ...first, id: 'spent', keys: [keyNumber(0)], quotas: { '*': { rpd: 1 } } },
      ...others,
    ],
  },
})

const admin = (path: string, call: AdminCall = {}) => callAdmin(gateway, path, call)

describe('who may', () => {
  test.each([
    '/api/config',
    '/api/keys',
    '/api/lanes',
    '/api/pool',
    '/api/decisions',
    '/api/attempts',
    '/api/explain?model=x',
  ])('only the admin token opens %s', async (path) => {
    for (const token of [clientToken, 'wrong', ''])
      expect((await admin(path, { token })).status).toBe(401)
    expect((await fetch(gateway.url + path)).status).toBe(401)
    expect((await admin(path)).status).toBe(200)
  })
})

describe('settings', () => {
  test('are shown with their origin, secrets by their end only', async () => {
    const { text } = await admin('/api/config')
    expect(text).toContain('"MAX_RETRIES"')
    expect(text).toContain('"origin":"environment"')
    expect(text).not.toContain(clientToken)
    expect(text).not.toContain(keyNumber(0))
  })

  test('change without a restart', async () => {
    const changed = await admin('/api/config', {
      method: 'PUT',
      body: { ALLOWED_TOKENS: [clientToken, 'a-new-token'] },
    })
    expect(changed.status).toBe(200)
    const answer = await fetch(`${gateway.url}/v1beta/models`, {
      headers: { 'x-goog-api-key': 'a-new-token' },
    })
    expect(answer.status).toBe(200)
  })

  test.each([
    [{ MAX_RETRIES: 99 }, 'MAX_RETRIES must be a whole number from 0 to 10'],
    [{ NO_SUCH: 1 }, 'NO_SUCH is not a setting'],
    [{ PORT: 1 }, 'PORT is read at the start'],
    [[], ''],
  ])('%j is refused with 400', async (body, sentence) => {
    const { status, text } = await admin('/api/config', { method: 'PUT', body })
    expect(status).toBe(400)
    expect(text).toContain(sentence)
  })

  test('keys that are added serve at once', async () => {
    const before = await admin('/api/keys')
    const keys = [0, 1, 2, 3, 4].map(keyNumber)
    gateway.fake.addProject({ id: 'later', keys: [keyNumber(4)] })
    await admin('/api/config', { method: 'PUT', body: { API_KEYS: keys } })
    await expect.poll(async () => (await admin('/api/keys')).answer).toMatchObject({ total: 5 })
    expect(before.answer).toMatchObject({ total: 4 })
  })
})

describe('what the engine knows', () => {
  test('which quota is spent, since when and until when; and one call clears it', async () => {
    for (let index = 0; index < 12; index += 1) await generate(gateway, `x ${index}`)
    const key = gateway.program.engine.views.keys().rows[0]
    const { answer } = await admin('/api/lanes?lane=gemini-3.8-flash')
    expect(answer).toMatchObject({
      rows: expect.arrayContaining([
        expect.objectContaining({
          status: expect.stringMatching(/cooling|exhausted/),
          until: expect.stringMatching(/^\d{4}-.*Z$/),
          quotaIds: [expect.stringContaining('PerDay')],
        }),
      ]),
    })
    const body = { project: key?.project, lane: 'gemini-3.8-flash' }
    const reset = await admin('/api/lanes/reopen', { method: 'POST', body })
    expect(reset.answer).toEqual({ done: true })
  })

  test('what a request would meet now, and why', async () => {
    const { answer } = await admin('/api/explain?model=gemini-3.8-flash')
    expect(answer).toMatchObject({
      chosen: { because: expect.stringMatching(/\.$/) },
      lanes: expect.any(Array),
    })
  })

  test('every attempt, with what it met', async () => {
    await expect
      .poll(async () => (await admin('/api/attempts?verdict=quota-spent')).answer)
      .toMatchObject({
        rows: [expect.objectContaining({ status: 429, message: expect.stringContaining('quota') })],
      })
    const { answer, text } = await admin('/api/attempts?verdict=answered&limit=2')
    expect(answer).toMatchObject({
      rows: [{ promptTokens: expect.any(Number) }, {}],
      next: expect.any(Number),
    })
    expect(text).not.toContain(keyNumber(1))
  })

  test('why a request got what it got: its candidates, its choices, what they met and to what effect', async () => {
    const [spent] = (await gateway.program.storage.requestLog.list({ verdict: 'quota-spent' })).rows
    const { answer } = await admin(`/api/decisions?request=${spent?.requestId}`)
    expect(answer).toMatchObject({
      decisions: [
        { kind: 'settled', verdict: 'answered' },
        { kind: 'chosen', candidates: { ready: expect.any(Number) } },
        {
          kind: 'settled',
          verdict: 'quota-spent',
          laneStatus: expect.stringMatching(/cooling|exhausted/),
        },
        { kind: 'chosen', choice: 'least-recently-used' },
      ],
    })
  })

  test('a wrong query is refused by name', async () => {
    const { status, text } = await admin('/api/keys?limit=0')
    expect(status).toBe(400)
    expect(text).toContain('limit')
  })
})

test('a person says which project a key is of, and whether it is paid; a client can demand a paid one', async () => {
  const own = await startGateway({ fake: { projects: healthyProjects(2) } })
  const change = (key: number, body: object) =>
    fetch(`${own.url}/api/keys/${key}`, {
      method: 'PATCH',
      headers: { authorization: `Bearer ${adminToken}` },
      body: JSON.stringify(body),
    })
  const ask = () =>
    fetch(`${own.url}/v1beta/models/gemini-3.8-flash:generateContent`, {
      method: 'POST',
      headers: { 'x-goog-api-key': clientToken, 'x-gemini-balance-tier': 'paid' },
      body: '{"contents":[{"role":"user","parts":[{"text":"hi"}]}]}',
    })
  expect((await ask()).status).toBe(503)
  expect(await (await change(2, { project: 'team', paid: true })).json()).toEqual({ done: true })
  for (let index = 0; index < 4; index += 1) expect((await ask()).status).toBe(200)
  expect(new Set(own.fake.received().map(({ key }) => key))).toEqual(new Set([keyNumber(1)]))
  expect(own.fake.received()[0]?.headers['x-gemini-balance-tier']).toBeUndefined()
  expect((await change(2, { weight: 0 })).status).toBe(400)
  expect(await (await change(99, {})).json()).toEqual({ done: false })
  await own.close()
})

test('limits that a person sets for a project hold at once and over a restart, until they are taken away', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'gemini-balance-projects-'))
  const fake = { projects: healthyProjects(1) }
  const call = async (own: TestGateway, address: string, body?: object) => {
    const [method = '', path] = address.split(' ')
    const answer = await fetch(`${own.url}/api/projects${path}`, {
      method,
      headers: { authorization: `Bearer ${adminToken}` },
      ...(body && { body: JSON.stringify(body) }),
    })
    return { status: answer.status, answer: await answer.json() }
  }
  const first = await startGateway({ fake, dataDir })
  const done = { status: 200, answer: { done: true } }
  const limits = '/key:1/limits/*'
  expect(await call(first, 'PATCH /key:1', { label: 'mine', paid: true })).toEqual(done)
  expect(await call(first, `PUT ${limits}`, { rpm: 9, rpd: 1 })).toEqual(done)
  expect((await call(first, 'PUT /nobody/limits/*', { rpd: 1 })).answer).toEqual({
    done: false,
  })
  expect((await call(first, `PUT ${limits}`, { rpd: -1 })).status).toBe(400)
  const long = `PUT /${'%2F'.repeat(200)}/limits/*`
  expect(await call(first, long, {})).toEqual({ status: 200, answer: { done: false } })
  expect((await generate(first, 'one')).status).toBe(200)
  expect((await generate(first, 'two')).status).toBe(429)
  await first.close()

  const second = await startGateway({ fake, dataDir })
  expect((await call(second, 'GET ')).answer).toMatchObject({
    total: 1,
    rows: [
      {
        keys: 1,
        state: 'active',
        paid: true,
        label: 'mine',
        limits: { '*': { minuteRequests: 9, dayRequests: 1 } },
      },
    ],
  })
  expect((await generate(second, 'three')).status).toBe(429)
  expect(await call(second, `DELETE ${limits}`)).toEqual(done)
  expect((await generate(second, 'four')).status).toBe(200)
  await second.close()
  await rm(dataDir, { recursive: true, force: true })
})

test('dead keys and spent lanes are remembered over a restart', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'gemini-balance-restart-'))
  const projects = [
    { id: 'dead', keys: [{ value: keyNumber(0), state: 'leaked' as const }] },
    { id: 'spent', tier: 'paid1' as const, keys: [keyNumber(1)], quotas: { '*': { rpd: 1 } } },
    { id: 'fine', tier: 'paid1' as const, keys: [keyNumber(2)] },
  ]
  const first = await startGateway({ fake: { projects }, dataDir })
  for (let index = 0; index < 8; index += 1)
    expect((await generate(first, `x ${index}`)).status).toBe(200)
  await first.close()
  const second = await startGateway({ fake: { projects }, dataDir })
  for (let index = 0; index < 8; index += 1)
    expect((await generate(second, `y ${index}`)).status).toBe(200)
  expect(new Set(second.fake.received().map(({ project }) => project))).toEqual(new Set(['fine']))
  await second.close()
  await rm(dataDir, { recursive: true, force: true })
})
