import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { GoogleGenAI } from '@google/genai'
import { afterEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { compose } from '../src/app/compose.ts'
import { dayMs, login, newAddress } from './support/admin.ts'
import {
  adminToken,
  clientToken,
  healthyProjects,
  startGateway,
  type TestGateway,
  type TestGatewayOptions,
} from './support/gateway.ts'

let gateway: TestGateway
/** The clock stands still between its turns, so that a slow machine changes nothing. */
const startedAt = Date.now()
let aheadMs = 0
afterEach(async () => {
  aheadMs = 0
  await gateway?.close()
})

async function start(options: TestGatewayOptions = {}): Promise<void> {
  gateway = await startGateway({
    fake: { projects: healthyProjects(2) },
    now: () => startedAt + aheadMs,
    ...options,
    settings: { TRUSTED_PROXIES: '127.0.0.1', ...options.settings },
  })
}

type Headers = Record<string, string>
const send = (method: string, path: string, headers: Headers = {}, body?: string) =>
  fetch(gateway.url + path, {
    method,
    headers,
    redirect: 'manual',
    ...(body === undefined ? {} : { body }),
  })
const tryToken = (token: string, address: string) =>
  send(
    'POST',
    '/api/session',
    { 'x-forwarded-for': address, 'content-type': 'application/json' },
    JSON.stringify({ token }),
  )
const tryBearer = (token: string, address: string) =>
  send('GET', '/api/config', { authorization: `Bearer ${token}`, 'x-forwarded-for': address })
const statusOf = async (cookie: string) => (await send('GET', '/api/config', { cookie })).status
const sessionList = z.object({
  sessions: z.array(z.object({ id: z.string(), isOwn: z.boolean(), address: z.string() }).loose()),
})

describe('the login', () => {
  test('sets a cookie that scripts cannot read and other sites cannot send', async () => {
    await start()
    const { setCookie, cookie } = await login(gateway.url)
    expect(setCookie).toMatch(
      /^gemini_balance=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict; Max-Age=86400$/,
    )
    expect(setCookie).not.toContain(adminToken)
    expect(await statusOf(cookie)).toBe(200)
  })

  test('is secure behind TLS, under a name that only TLS may set', async () => {
    await start()
    const tls = { 'x-forwarded-proto': 'https', 'x-forwarded-for': newAddress() }
    const { setCookie, cookie } = await login(gateway.url, tls)
    expect(setCookie).toMatch(/^__Host-gemini_balance=[\w-]{43}; .*; Secure$/)
    expect((await send('GET', '/api/config', { cookie, ...tls })).status).toBe(200)
    const plain = cookie.replace('__Host-', '')
    expect((await send('GET', '/api/config', { cookie: plain, ...tls })).status).toBe(401)
  })

  test('believes nothing of TLS or addresses from who is not trusted', async () => {
    await start({ settings: { TRUSTED_PROXIES: '' } })
    const { setCookie, cookie } = await login(gateway.url, {
      'x-forwarded-proto': 'https',
      'x-forwarded-for': '192.0.2.99',
    })
    expect(setCookie).not.toContain('Secure')
    const { sessions } = sessionList.parse(
      await (await send('GET', '/api/sessions', { cookie })).json(),
    )
    expect(sessions).toMatchObject([{ address: '127.0.0.1', isOwn: true }])
  })

  test('works by the form of the Python program', async () => {
    await start()
    const post = (token: string, headers: Headers = {}) =>
      send(
        'POST',
        '/auth',
        { 'content-type': 'application/x-www-form-urlencoded', ...headers },
        new URLSearchParams({ auth_token: token }).toString(),
      )
    const entered = await post(adminToken)
    expect([entered.status, entered.headers.get('location')]).toEqual([302, '/keys'])
    const cookie = entered.headers.getSetCookie()[0]?.split(';')[0] ?? ''
    expect(await statusOf(cookie)).toBe(200)
    for (const token of ['', 'wrong', clientToken]) {
      const refused = await post(token)
      expect([refused.status, refused.headers.get('location')]).toEqual([302, '/?login=wrong'])
      expect(refused.headers.getSetCookie()).toEqual([])
    }
    const foreign = await post(adminToken, { origin: 'https://evil.example' })
    expect(foreign.status).toBe(403)
  })

  test('tells a page whether it is in, and lets it out', async () => {
    await start()
    const { cookie } = await login(gateway.url)
    const state = async () => await (await send('GET', '/api/session', { cookie })).json()
    expect(await state()).toMatchObject({
      signedIn: true,
      expiresAt: expect.stringMatching(/^\d{4}-.*Z$/),
    })
    const left = await send('DELETE', '/api/session', { cookie })
    expect(await left.json()).toEqual({ done: true })
    expect(left.headers.getSetCookie()[0]).toMatch(/^gemini_balance=; .*Max-Age=0/)
    expect(await state()).toEqual({ signedIn: false })
    expect(await statusOf(cookie)).toBe(401)
  })

  test('twice from one browser leaves one session', async () => {
    await start()
    const { cookie } = await login(gateway.url)
    const again = await login(gateway.url, { cookie })
    expect(await statusOf(cookie)).toBe(401)
    expect(await statusOf(again.cookie)).toBe(200)
  })
})

describe('sessions', () => {
  test('are listed and ended, one or all others', async () => {
    await start()
    const cookies = []
    for (let count = 0; count < 4; count += 1) cookies.push((await login(gateway.url)).cookie)
    const [own = '', , , last = ''] = cookies
    const list = async () =>
      sessionList.parse(await (await send('GET', '/api/sessions', { cookie: own })).json()).sessions
    const [latest, ...others] = await list()
    expect(others.map(({ isOwn }) => isOwn)).toEqual([false, false, true])
    const ended = await send('DELETE', `/api/sessions/${latest?.id}`, { cookie: own })
    expect(await ended.json()).toEqual({ done: true })
    expect(await statusOf(last)).toBe(401)
    const rest = await send('DELETE', '/api/sessions', { cookie: own })
    expect(await rest.json()).toEqual({ ended: 2 })
    expect(await list()).toHaveLength(1)
    await expect
      .poll(async () => (await gateway.program.storage.audit.list({ limit: 99 })).rows)
      .toEqual(
        expect.arrayContaining([
          expect.objectContaining({ action: 'logged-in', detail: { address: '127.0.0.1' } }),
          expect.objectContaining({
            action: 'sessions-ended',
            detail: { ended: 2, requestId: expect.stringMatching(/./) },
          }),
        ]),
      )
  })

  test('end when their time is over', async () => {
    await start()
    const { cookie } = await login(gateway.url)
    aheadMs = dayMs - 60_000
    expect(await statusOf(cookie)).toBe(200)
    aheadMs = dayMs
    expect(await statusOf(cookie)).toBe(401)
  })

  test('all end with the admin token, and so does a stream of events', async () => {
    await start()
    const [first, second] = [await login(gateway.url), await login(gateway.url)]
    const stream = await send('GET', '/api/events', { cookie: first.cookie })
    const change = await send(
      'PUT',
      '/api/config',
      { cookie: second.cookie },
      '{"AUTH_TOKEN":"another admin token"}',
    )
    expect(change.status).toBe(200)
    expect(await stream.text()).toContain('event: hello')
    expect(await statusOf(first.cookie)).toBe(401)
    expect(await statusOf(second.cookie)).toBe(401)
    expect((await tryBearer(adminToken, newAddress())).status).toBe(401)
    expect((await tryBearer('another admin token', newAddress())).status).toBe(200)
  })

  test('outlive a restart, unless the admin token is another one', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'gemini-balance-sessions-'))
    await start({ dataDir })
    const { cookie } = await login(gateway.url)
    await gateway.close()
    await start({ dataDir })
    expect(await statusOf(cookie)).toBe(200)
    await gateway.close()
    await start({ dataDir, settings: { AUTH_TOKEN: 'another one', RESET_SETTINGS: 'AUTH_TOKEN' } })
    expect(await statusOf(cookie)).toBe(401)
    expect(await gateway.program.storage.sessions.all()).toEqual([])
    await rm(dataDir, { recursive: true, force: true })
  })

  test('let nobody in by what is stored, shown or logged', async () => {
    await start()
    const { cookie } = await login(gateway.url)
    const secret = cookie.split('=')[1] ?? ''
    await expect.poll(() => gateway.program.storage.sessions.all()).toHaveLength(1)
    const [row] = await gateway.program.storage.sessions.all()
    const list = await (await send('GET', '/api/sessions', { cookie })).text()
    const seen = JSON.stringify(row) + list + gateway.logged.join('\n')
    expect(seen).not.toContain(secret)
    expect(await statusOf(`gemini_balance=${row?.digest}`)).toBe(401)
  })
})

describe('guesses', () => {
  const storm = async (
    act: (token: string, address: string) => Promise<Response>,
    from: string,
  ) => {
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, index) => act(`guess ${index}`, from)),
    )
    return answers.map(({ status }) => status)
  }

  test.each([
    ['at the login', tryToken],
    ['by Bearer', tryBearer],
  ])('%s are throttled per address, and the operator comes in from another', async (_, act) => {
    await start()
    const attacker = newAddress()
    const looked = (await storm(act, attacker)).filter((status) => status === 401)
    expect(looked.length).toBeLessThanOrEqual(11)
    const refused = await act(adminToken, attacker)
    expect(refused.status).toBe(429)
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(await refused.json()).toMatchObject({ error: { code: 'too_many_attempts' } })
    expect((await act(adminToken, newAddress())).status).toBe(200)
    aheadMs = 2000
    expect((await act(adminToken, attacker)).status).toBe(200)
  })

  test('of clients are none: their tokens open nothing, and lock nobody out', async () => {
    await start()
    const address = newAddress()
    for (let count = 0; count < 30; count += 1)
      expect((await tryBearer(clientToken, address)).status).toBe(401)
    expect((await tryBearer(adminToken, address)).status).toBe(200)
  })

  test('that a program repeats lock nobody out', async () => {
    await start()
    const address = newAddress()
    for (let count = 0; count < 30; count += 1)
      expect((await tryBearer('an old token', address)).status).toBe(401)
    expect((await tryBearer(adminToken, address)).status).toBe(200)
  })

  test('leave those who are in alone', async () => {
    await start()
    const address = newAddress()
    const { cookie } = await login(gateway.url, { 'x-forwarded-for': address })
    await storm(tryToken, address)
    const { status } = await send('GET', '/api/config', { cookie, 'x-forwarded-for': address })
    expect(status).toBe(200)
  })

  test('are told of in the log once, without what was guessed', async () => {
    await start()
    await storm(tryToken, newAddress())
    await storm(tryToken, newAddress())
    const told = gateway.logged.filter((line) => line.includes('TRUSTED_PROXIES'))
    expect(told).toHaveLength(1)
    expect(gateway.logged.join('\n')).not.toContain('guess 1')
  })

  test('where clients call do not find the admin token either, and hold up no client', async () => {
    await start()
    const models = (token: string, address: string) =>
      send('GET', '/v1beta/models', { 'x-goog-api-key': token, 'x-forwarded-for': address })
    const attacker = newAddress()
    for (let count = 0; count < 5; count += 1)
      await storm((token, from) => models(`${token} of ${count}`, from), attacker)
    expect((await models(adminToken, attacker)).status).toBe(401)
    expect((await models(clientToken, attacker)).status).toBe(200)
    expect((await tryBearer(adminToken, attacker)).status).toBe(429)
    expect((await models(adminToken, newAddress())).status).toBe(200)
    aheadMs = 1000
    expect((await models(adminToken, attacker)).status).toBe(200)
  })
})

test('guesses beside a client token, at /metrics and from one IPv6 network count together', async () => {
  await start()
  for (let count = 0; count < 6; count += 1) {
    const from = { 'x-forwarded-for': `2001:db8::${count + 1}` }
    const beside = { ...from, authorization: `Bearer guess ${count}` }
    const served = await send('GET', '/v1beta/models', {
      ...beside,
      'x-goog-api-key': clientToken,
    })
    expect(served.status).toBe(200)
    const authorization = `Bearer another guess ${count}`
    expect((await send('GET', '/metrics', { ...from, authorization })).status).toBe(401)
  }
  expect((await tryBearer(adminToken, '2001:db8::9')).status).toBe(429)
  expect((await tryBearer(adminToken, '2001:db8:0:1::9')).status).toBe(200)
})

test('an admin token that nobody gave is made up at the first start, and is no client’s', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'gemini-balance-token-'))
  const environment = {
    HOST: '127.0.0.1',
    PORT: '0',
    DATA_DIR: dataDir,
    ALLOWED_TOKENS: clientToken,
    LOG_LEVEL: 'silent',
  }
  const gateway = await compose({ environment })
  const ask = async (token: string) => {
    const headers = { authorization: `Bearer ${token}` }
    return (await fetch(`${gateway.url}/api/config`, { headers })).status
  }
  const { newAdminToken = '' } = gateway
  expect(newAdminToken).toMatch(/^[\w-]{32}$/)
  expect([await ask(newAdminToken), await ask(clientToken), await ask('')]).toEqual([200, 401, 401])
  await gateway.close()
  const again = await compose({ environment })
  expect(again.newAdminToken).toBeUndefined()
  await again.close()
  await rm(dataDir, { recursive: true, force: true })
})

test('one token for clients and admins stays with the clients, and the admin is given a new one', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'gb-one-token-'))
  const one = 'one-token-for-everything'
  const environment = {
    DATA_DIR: dataDir,
    HOST: '127.0.0.1',
    PORT: '0',
    ALLOWED_TOKENS: one,
    AUTH_TOKEN: one,
  }
  const gateway = await compose({ environment })
  const { newAdminToken = '' } = gateway
  const ask = async (path: string, token: string) => {
    const headers = { authorization: `Bearer ${token}` }
    return (await fetch(`${gateway.url}${path}`, { headers })).status
  }
  expect(newAdminToken).toMatch(/^[\w-]{32}$/)
  // There are no keys: whoever is told so was let in.
  expect([await ask('/api/config', one), await ask('/v1beta/models', one)]).toEqual([401, 503])
  expect(await ask('/api/config', newAdminToken)).toBe(200)
  // Nor does it open anything when it is a client's no longer.
  await gateway.settings.change({ ALLOWED_TOKENS: ['another-token-for-clients'] })
  expect([await ask('/api/config', one), await ask('/api/config', newAdminToken)]).toEqual([
    401, 200,
  ])
  await gateway.close()
  const again = await compose({ environment })
  expect(again.newAdminToken).toBeUndefined()
  expect(again.settings.current().authToken).toBe(newAdminToken)
  await again.close()
  await rm(dataDir, { recursive: true, force: true })
})

test('no change makes one token of a client and the admin', async () => {
  await start()
  const authorization = `Bearer ${adminToken}`
  const change = async (patch: object) => {
    const answer = await send('PUT', '/api/config', { authorization }, JSON.stringify(patch))
    return [answer.status, await answer.text()]
  }
  const made = await send('POST', '/api/tokens', { authorization }, '{"name":"a client"}')
  const { token } = z.object({ token: z.string() }).parse(await made.json())
  const refused = (name: string) => [400, expect.stringContaining(name)]
  expect(await change({ ALLOWED_TOKENS: [clientToken, adminToken] })).toEqual(
    refused('ALLOWED_TOKENS'),
  )
  expect(await change({ AUTH_TOKEN: clientToken })).toEqual(refused('AUTH_TOKEN'))
  expect(await change({ AUTH_TOKEN: token })).toEqual(refused('AUTH_TOKEN'))
  expect(gateway.program.settings.current()).toMatchObject({ authToken: adminToken })
})

test('an input that does not fit is refused field by field, and one that is too long by its length', async () => {
  await start()
  const authorization = `Bearer ${adminToken}`
  const wrong = await send('PATCH', '/api/keys/x', { authorization }, '{"weight":0}')
  expect(wrong.status).toBe(400)
  expect(await wrong.json()).toMatchObject({
    error: { code: 'invalid_input', message: expect.stringContaining('weight') },
    problems: [{ field: 'id' }, { field: 'weight' }],
  })
  expect((await send('PUT', '/api/config', { authorization }, '{')).status).toBe(400)
  const long = await send('PUT', '/api/config', { authorization }, 'x'.repeat(4 * 1024 * 1024 + 1))
  expect([long.status, await long.text()]).toEqual([413, expect.stringContaining('4 MiB')])
})

test('the SDK of Google works in a page of another origin', async () => {
  await start()
  const seen: string[] = []
  const real = globalThis.fetch
  // What a browser does: ask first, send the origin along, and hand over only what the answer opens.
  const browserFetch: typeof fetch = async (input, init) => {
    const request = new Request(input, init)
    const asked = [...request.headers.keys()].join(', ')
    const preflight = await real(request.url, {
      method: 'OPTIONS',
      headers: {
        origin: 'https://page.example',
        'access-control-request-method': request.method,
        'access-control-request-headers': asked,
      },
    })
    expect(preflight.headers.get('access-control-allow-headers')).toBe(asked)
    request.headers.set('origin', 'https://page.example')
    const answer = await real(request)
    seen.push(answer.headers.get('access-control-allow-origin') ?? 'none')
    return answer
  }
  globalThis.fetch = browserFetch
  try {
    const google = new GoogleGenAI({ apiKey: clientToken, httpOptions: { baseUrl: gateway.url } })
    const { text } = await google.models.generateContent({
      model: 'gemini-3.8-flash',
      contents: 'hi',
    })
    expect(text).toEqual(expect.any(String))
  } finally {
    globalThis.fetch = real
  }
  expect(seen).toEqual(['*'])
})
