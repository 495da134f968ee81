import {
  endpoints,
  errorCodesOf,
  errors,
  type Endpoint,
  type EndpointName,
} from '@gemini-balance/contract'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { dayMs, login, newAddress } from './support/admin.ts'
import {
  adminToken,
  clientToken,
  generateBody,
  healthyProjects,
  startGateway,
  type TestGateway,
} from './support/gateway.ts'

/** The status of an admin's request without query and body; the parameters of the path are `none`. */
const forAdmins: Readonly<Record<EndpointName, number>> = {
  getSession: 200,
  login: 400,
  logout: 200,
  loginForm: 302,
  listSessions: 200,
  endSession: 200,
  endOtherSessions: 200,
  getVersion: 200,
  listUiModels: 200,
  getOpenApi: 200,
  startScheduler: 410,
  stopScheduler: 410,
  getEvents: 200,
  getSettings: 200,
  changeSettings: 200,
  resetSettings: 200,
  listProxies: 200,
  checkProxy: 400,
  checkProxies: 400,
  countProxyChecks: 200,
  clearProxyChecks: 200,
  getSettingsSchema: 200,
  listAudit: 200,
  listKeys: 200,
  getKey: 400,
  changeKey: 400,
  resetKey: 400,
  importKeys: 400,
  verifyKeys: 400,
  changeKeys: 400,
  exportKeys: 200,
  getAllKeys: 200,
  getKeysStatus: 200,
  // There is no pool here.
  maintainPool: 400,
  deleteNamedKey: 404,
  deleteNamedKeys: 400,
  resetAllFailures: 200,
  resetSelectedFailures: 400,
  resetNamedFailures: 404,
  verifyNamedKey: 404,
  verifySelectedKeys: 400,
  tryKeys: 400,
  listJobs: 200,
  getJob: 404,
  cancelJob: 200,
  listTokens: 200,
  createToken: 400,
  changeToken: 200,
  deleteToken: 200,
  listLanes: 200,
  reopenLane: 400,
  getPool: 200,
  explain: 400,
  listDecisions: 200,
  listAttempts: 200,
  listRefusals: 200,
  listProjects: 200,
  changeProject: 200,
  setProjectLimits: 200,
  removeProjectLimits: 200,
  listKeyFailures: 200,
  listKeyFailuresHf: 200,
  listErrors: 200,
  findError: 400,
  getError: 400,
  deleteAllErrors: 200,
  deleteErrors: 400,
  deleteError: 400,
  getStats: 200,
  getSeries: 200,
  getUsageBy: 200,
  listBusyKeys: 200,
  listAttentionKeys: 200,
  listAttemptsOfPeriod: 200,
  listAttemptsOfKey: 400,
  getKeyUsage: 404,
  listPrices: 200,
  replacePrices: 400,
}

/** The status of everybody else's request to a public endpoint. */
const forAll: Readonly<Partial<Record<EndpointName, number>>> = {
  getSession: 200,
  login: 400,
  logout: 200,
  loginForm: 302,
  getVersion: 200,
}

type Headers = Readonly<Record<string, string>>
let gateway: TestGateway
let pagesFolder = ''
let aheadMs = 0
let expired = ''
let revoked = ''

beforeAll(async () => {
  pagesFolder = await mkdtemp(join(tmpdir(), 'gemini-balance-pages-'))
  await mkdir(join(pagesFolder, 'assets'))
  await writeFile(join(pagesFolder, 'index.html'), '<!doctype html><title>the page</title>')
  await writeFile(join(pagesFolder, 'assets/page-1.js'), '"the script"')
  gateway = await startGateway({
    fake: { projects: healthyProjects(3) },
    settings: { TRUSTED_PROXIES: '127.0.0.1' },
    pagesFolder,
    now: () => Date.now() + aheadMs,
  })
  expired = (await login(gateway.url)).cookie
  aheadMs = dayMs
  revoked = (await login(gateway.url)).cookie
  await send('DELETE', '/api/session', { cookie: revoked })
})
afterAll(async () => {
  await gateway.close()
  await rm(pagesFolder, { recursive: true, force: true })
})

async function send(method: string, path: string, headers: Headers, body?: string) {
  const stop = new AbortController()
  const response = await fetch(gateway.url + path, {
    method,
    headers: { 'x-forwarded-for': newAddress(), ...headers },
    redirect: 'manual',
    signal: stop.signal,
    ...(body === undefined ? {} : { body }),
  })
  const { status } = response
  // An event stream does not end.
  const isStream = response.headers.get('content-type')?.startsWith('text/event-stream') === true
  const text = isStream ? '' : await response.text()
  if (isStream) stop.abort()
  return { status, text, headers: response.headers }
}

/** Every credential of somebody who is not an admin. */
const strangers: readonly (readonly [string, () => Headers])[] = [
  ['no credential', () => ({})],
  ['a client token', () => ({ authorization: `Bearer ${clientToken}` })],
  ['a client token as a key', () => ({ 'x-goog-api-key': clientToken })],
  ['a wrong token', () => ({ authorization: 'Bearer wrong' })],
  ['the admin token as a key', () => ({ 'x-goog-api-key': adminToken })],
  ['the admin token as a cookie', () => ({ cookie: `auth_token=${adminToken}` })],
  ['a made-up session', () => ({ cookie: `gemini_balance=${'x'.repeat(43)}` })],
  ['an expired session', () => ({ cookie: expired })],
  ['a revoked session', () => ({ cookie: revoked })],
]
const admins: readonly (readonly [string, () => Promise<Headers>])[] = [
  ['a session', async () => ({ cookie: (await login(gateway.url)).cookie })],
  ['the admin token', async () => ({ authorization: `Bearer ${adminToken}` })],
]

const table: readonly (readonly [string, Endpoint])[] = Object.entries(endpoints)
const addressOf = ({ path }: Endpoint) => path.replaceAll(/:\w+/g, 'none')
const statusIn = (expected: Readonly<Record<string, number>>, name: string) => expected[name]

describe('every endpoint of the admin API', () => {
  test('has an expectation here', () => {
    const known = Object.keys(forAdmins)
    expect(table.map(([name]) => name).toSorted()).toEqual(known.toSorted())
    const open = table.filter(([, { isPublic }]) => isPublic).map(([name]) => name)
    expect(open.toSorted()).toEqual(Object.keys(forAll).toSorted())
  })

  describe.each(table)('%s', (name, endpoint) => {
    test.each(strangers)('is what it should be with %s', async (_, headers) => {
      const {
        status,
        headers: got,
        text,
      } = await send(endpoint.method, addressOf(endpoint), headers())
      expect(status, text.slice(0, 200)).toBe(statusIn(forAll, name) ?? 401)
      if (status >= 400) expect(errorCodesOf(endpoint)).toContain(JSON.parse(text).error.code)
      expect(got.get('cache-control')).toBe('no-store')
      expect(got.get('access-control-allow-origin')).toBeNull()
    })

    test.each(admins)('is what it should be with %s', async (_, headers) => {
      const { status, text } = await send(endpoint.method, addressOf(endpoint), await headers())
      expect(status, text.slice(0, 200)).toBe(statusIn(forAdmins, name))
      if (status >= 400) expect(errorCodesOf(endpoint)).toContain(JSON.parse(text).error.code)
    })

    test('answers HEAD as GET, without a body', async () => {
      if (endpoint.method !== 'GET') return
      const headers = await admins[1]?.[1]()
      const got = await send('GET', addressOf(endpoint), { ...headers })
      const head = await send('HEAD', addressOf(endpoint), { ...headers })
      expect([head.status, head.text]).toEqual([got.status, ''])
      expect(head.headers.get('content-type')).toBe(got.headers.get('content-type'))
    })

    test('is closed to pages of other origins that send a session along', async () => {
      const headers = { ...(await admins[0]?.[1]()), origin: 'https://evil.example' }
      const { status } = await send(endpoint.method, addressOf(endpoint), headers)
      const mayChange = endpoint.method !== 'GET'
      expect(status).toBe(mayChange ? 403 : statusIn(forAdmins, name))
    })

    test('takes no other method', async () => {
      const path = addressOf(endpoint)
      const allowed = table
        .filter(([, one]) => one.path === endpoint.path)
        .map(([, one]) => one.method)
      const isRead = allowed.includes('GET')
      const allow = [...allowed, ...(isRead ? ['HEAD'] : []), 'OPTIONS'].join(', ')
      for (const method of ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const) {
        if (allowed.some((one) => one === method) || (isRead && method === 'HEAD')) continue
        const { status, headers } = await send(method, path, { origin: 'https://page.example' })
        expect([method, status]).toEqual([method, method === 'OPTIONS' ? 204 : 405])
        expect(headers.get('allow')).toBe(allow)
        expect(headers.get('access-control-allow-origin')).toBeNull()
      }
    })
  })
})

test('the page of errors has every code with its status and sentence, and no other', async () => {
  const page = await readFile(new URL('../../docs/errors.md', import.meta.url), 'utf8')
  const rows = [...page.matchAll(/^\| `(\w+)` *\| (\d+) *\| (.*?) *\|$/gm)]
  expect(rows.map(([, code, status, sentence]) => [code, Number(status), sentence])).toEqual(
    Object.entries(errors).map(([code, { status, sentence }]) => [code, status, sentence]),
  )
})

describe('what clients call', () => {
  const generate = '/v1beta/models/gemini-3.8-flash:generateContent'
  const chat = JSON.stringify({
    model: 'gemini-3.8-flash',
    messages: [{ role: 'user', content: 'hi' }],
  })
  const embed = JSON.stringify({ model: 'gemini-embedding-001', input: 'hi' })
  const routes: readonly (readonly [string, string, string | undefined])[] = [
    ...['', '/gemini'].flatMap((prefix) => [
      ['GET', `${prefix}/v1beta/models`, undefined] as const,
      ['POST', prefix + generate, generateBody] as const,
    ]),
    ['GET', '/v1/models', undefined],
    ...['/v1', '/hf/v1', '/openai/v1'].flatMap((base) => [
      ['GET', `${base}/models`, undefined] as const,
      ['POST', `${base}/chat/completions`, chat] as const,
      ['POST', `${base}/embeddings`, embed] as const,
    ]),
  ]
  const open = new Set(['a client token', 'a client token as a key', 'the admin token as a key'])

  describe.each(routes)('%s %s', (method, path, body) => {
    test.each(strangers)('is what it should be with %s', async (name, headers) => {
      const { status } = await send(method, path, headers(), body)
      expect(status).toBe(open.has(name) ? 200 : 401)
    })

    test('is not opened by a session, but by the admin token', async () => {
      const [session, token] = await Promise.all(admins.map(([, headers]) => headers()))
      expect((await send(method, path, { ...session }, body)).status).toBe(401)
      expect((await send(method, path, { ...token }, body)).status).toBe(200)
    })

    test('may be called by pages of other origins, without cookies', async () => {
      const origin = 'https://page.example'
      const asked =
        'authorization, content-type, x-goog-api-key, x-goog-api-client, x-stainless-lang'
      const preflight = await send('OPTIONS', path, {
        origin,
        'access-control-request-method': method,
        'access-control-request-headers': asked,
      })
      expect(preflight.status).toBe(204)
      expect(preflight.headers.get('access-control-allow-origin')).toBe('*')
      expect(preflight.headers.get('access-control-allow-methods')).toContain(method)
      expect(preflight.headers.get('access-control-allow-headers')).toBe(asked)
      for (const token of [clientToken, 'wrong']) {
        const { headers } = await send(method, path, { origin, 'x-goog-api-key': token }, body)
        expect(headers.get('access-control-allow-origin')).toBe('*')
        expect(headers.get('access-control-allow-credentials')).toBeNull()
      }
      const { headers } = await send(method, path, { 'x-goog-api-key': clientToken }, body)
      expect(headers.get('access-control-allow-origin')).toBeNull()
    })
  })
})

describe('metrics', () => {
  test.each(strangers)('are closed to %s', async (_, headers) => {
    expect((await send('GET', '/metrics', headers())).status).toBe(401)
  })

  test('are open to the admin token, and to no session', async () => {
    const [session, token] = await Promise.all(admins.map(([, headers]) => headers()))
    expect((await send('GET', '/metrics', { ...session })).status).toBe(401)
    expect((await send('GET', '/metrics', { ...token })).status).toBe(200)
  })
})

describe('what is public', () => {
  const page = { accept: 'text/html,application/xhtml+xml' }
  const open: readonly (readonly [string, Headers, number])[] = [
    ['/', page, 200],
    ['/keys', page, 200],
    ['/config', page, 200],
    ['/logs', page, 200],
    ['/batch-verify', page, 200],
    ['/assets/page-1.js', {}, 200],
    ['/health', {}, 200],
    ['/ready', {}, 200],
    ['/api/no-such', page, 404],
    ['/api', page, 404],
    ['/no-such', {}, 404],
    ['/no-such.js', page, 404],
    ['/../package.json', page, 404],
    ['/docs', {}, 404],
  ]
  describe.each(open)('GET %s', (path, how, status) => {
    test.each(strangers)('is the same with %s', async (_, headers) => {
      expect((await send('GET', path, { ...headers(), ...how })).status).toBe(status)
    })
    test.each(admins)('is the same with %s', async (_, headers) => {
      expect((await send('GET', path, { ...(await headers()), ...how })).status).toBe(status)
    })
  })

  test('pages run only what was built with them, in nobody’s frame', async () => {
    for (const path of ['/', '/keys', '/assets/page-1.js']) {
      const { headers } = await send('GET', path, page)
      const policy = headers.get('content-security-policy') ?? ''
      expect(policy).toContain("default-src 'none'")
      expect(policy).toContain("script-src 'self';")
      expect(policy).toContain("frame-ancestors 'none'")
      expect(policy).not.toContain('unsafe')
      expect(headers.get('x-content-type-options')).toBe('nosniff')
      expect(headers.get('access-control-allow-origin')).toBeNull()
    }
    expect((await send('GET', '/keys', page)).headers.get('cache-control')).toBe('no-cache')
    const asset = await send('GET', '/assets/page-1.js', {})
    expect(asset.headers.get('cache-control')).toContain('immutable')
  })

  test('the page that is built brings no script and no style of its own', async () => {
    const page = await readFile(new URL('../../web/index.html', import.meta.url), 'utf8')
    const scripts = page.match(/<script[^>]*>/g) ?? []
    expect(scripts).toEqual([expect.stringContaining(' src="')])
    expect(page).not.toMatch(/<style|\sstyle=|\son\w+=|javascript:/)
  })

  test('OPTIONS of a page names the methods that it takes', async () => {
    const { status, headers } = await send('OPTIONS', '/keys', page)
    expect([status, headers.get('allow')]).toEqual([204, 'GET, HEAD, OPTIONS'])
  })

  test('other methods find nothing, and no word of it is a page', async () => {
    for (const method of ['POST', 'PUT', 'DELETE']) {
      const { status, text } = await send(method, '/keys', page)
      expect([method, status]).toEqual([method, 404])
      expect(JSON.parse(text)).toHaveProperty('error.code', 'not_found')
    }
  })
})
