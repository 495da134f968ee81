import { afterEach, describe, expect, test } from 'vitest'
import { callAdmin } from './support/admin.ts'
import {
  call,
  generate,
  healthyProjects,
  startGateway,
  type TestGateway,
} from './support/gateway.ts'
import { startHttpProxy, startSocksProxy, type TestProxy } from './support/proxies.ts'

/** A name that nobody knows but the proxies: what does not leave by them does not arrive. */
const baseUrl = 'http://gemini.invalid/v1beta'
const password = 'p@ss:of-proxies'

let gateway: TestGateway | undefined
const proxies: TestProxy[] = []
afterEach(async () => {
  await gateway?.close()
  gateway = undefined
  await Promise.all(proxies.splice(0).map((proxy) => proxy.close()))
})

const start = {
  http: startHttpProxy,
  socks5: startSocksProxy,
}

/** A gateway whose settings name no proxies yet. */
async function open(settings: Readonly<Record<string, string>> = {}): Promise<TestGateway> {
  gateway = await startGateway({ fake: { projects: healthyProjects(20) }, settings })
  return gateway
}

async function openProxy(kind: keyof typeof start, { url }: TestGateway['fake'], user?: string) {
  const entry = user === undefined ? {} : { user, password }
  const proxy = await start[kind]({ leadsTo: url, ...entry })
  proxies.push(proxy)
  return proxy
}

const use = (gateway: TestGateway, list: readonly string[]) =>
  callAdmin(gateway, '/api/config', {
    method: 'PUT',
    body: { PROXIES: list, BASE_URL: baseUrl },
  })

describe.each(['http', 'socks5'] as const)('through a proxy of the kind %s', (kind) => {
  test('everything leaves that goes to Google: answers, streams and the list of models', async () => {
    const gateway = await open()
    const proxy = await openProxy(kind, gateway.fake)
    expect(await use(gateway, [proxy.url])).toMatchObject({ status: 200 })
    expect(await generate(gateway, 'hello')).toMatchObject({ status: 200 })
    const stream = await generate(gateway, 'hello', { method: 'streamGenerateContent?alt=sse' })
    expect(stream.status).toBe(200)
    expect(await call(gateway, '/v1beta/models')).toMatchObject({ status: 200 })
    expect(new Set(proxy.asked)).toEqual(new Set(['gemini.invalid:80']))
  })

  test('with user and password, which nothing tells', async () => {
    const gateway = await open()
    const proxy = await openProxy(kind, gateway.fake, 'someone')
    const shown = proxy.url.replace(encodeURIComponent(password), '…')
    const { text } = await use(gateway, [proxy.url])
    expect(text).toContain(shown)
    expect(await generate(gateway, 'hello')).toMatchObject({ status: 200 })
    const checked = await callAdmin(gateway, '/api/config/proxy/check', {
      method: 'POST',
      body: { proxy: shown },
    })
    expect(checked.answer).toMatchObject({ proxy: shown, is_available: true, error_message: null })
    // What is sent back as it was shown stays as it was.
    expect(await use(gateway, [shown])).toMatchObject({ status: 200 })
    expect(await generate(gateway, 'hello')).toMatchObject({ status: 200 })
    const audit = await callAdmin(gateway, '/api/audit')
    const said = [text, checked.text, audit.text, ...gateway.logged].join('\n')
    expect(said).not.toContain(password)
    expect(said).not.toContain(encodeURIComponent(password))
  })

  test('that refuses the password, says so', async () => {
    const gateway = await open()
    const proxy = await openProxy(kind, gateway.fake, 'someone')
    const wrong = proxy.url.replace(encodeURIComponent(password), 'wrong-password-0815')
    await use(gateway, [wrong])
    const answer = await generate(gateway, 'hello')
    expect(answer).toMatchObject({ status: 503 })
    const { answer: checked } = await callAdmin(gateway, '/api/config/proxy/check', {
      method: 'POST',
      body: { proxy: wrong, use_cache: false },
    })
    expect(checked).toMatchObject({ is_available: false, response_time: null })
    expect(checked.error_message).toMatch(/^The proxy 127\.0\.0\.1:\d+ failed: /)
    expect([...gateway.logged, answer.text].join('\n')).not.toContain('wrong-password-0815')
  })
})

type Rows = { rows: { proxy: string; state: string; answers: number }[] }
const states = async (gateway: TestGateway) => {
  const { answer }: { answer: Rows } = await callAdmin(gateway, '/api/proxies')
  return answer.rows.map(({ state }) => state)
}

test('a proxy that dies costs no request: its keys leave by the others, and come back to it', async () => {
  const gateway = await open()
  const three = [
    await openProxy('http', gateway.fake),
    await openProxy('socks5', gateway.fake),
    await openProxy('http', gateway.fake),
  ]
  await use(
    gateway,
    three.map(({ url }) => url),
  )
  const ask = async (count: number) => {
    const answers = await Promise.all(
      Array.from({ length: count }, (_, number) => generate(gateway, `request ${number}`)),
    )
    return new Set(answers.map(({ status }) => status))
  }
  expect(await ask(40)).toEqual(new Set([200]))
  expect(three.every(({ asked }) => asked.length > 0)).toBe(true)
  expect(await states(gateway)).toEqual(['up', 'up', 'up'])
  three[1]?.fail()
  expect(await ask(40)).toEqual(new Set([200]))
  expect(await states(gateway)).toEqual(['up', 'down', 'up'])
  const log = await callAdmin(gateway, '/api/attempts?verdict=proxy-failed')
  expect(log.status).toBe(200)
  expect(gateway.fake.received().every(({ status }) => status === 200)).toBe(true)
})

test('a key leaves by the same proxy each time, unless that is not wanted', async () => {
  const gateway = await open({
    API_KEYS: healthyProjects(1)
      .flatMap(({ keys }) => keys)
      .join(','),
  })
  const two = [await openProxy('http', gateway.fake), await openProxy('http', gateway.fake)]
  await use(
    gateway,
    two.map(({ url }) => url),
  )
  const used = async () => {
    for (let number = 0; number < 30; number += 1) await generate(gateway, `request ${number}`)
    return two.filter(({ asked }) => asked.length > 0).length
  }
  expect(await used()).toBe(1)
  await callAdmin(gateway, '/api/config', {
    method: 'PUT',
    body: { PROXIES_USE_CONSISTENCY_HASH_BY_API_KEY: false },
  })
  expect(await used()).toBe(2)
})

test('where all proxies fail nothing leaves directly, and the client is told of the network', async () => {
  const gateway = await open()
  const proxy = await openProxy('http', gateway.fake)
  await callAdmin(gateway, '/api/config', { method: 'PUT', body: { PROXIES: [proxy.url] } })
  proxy.fail()
  expect((await generate(gateway, 'hello')).status).toBeGreaterThanOrEqual(500)
  expect(gateway.fake.received()).toEqual([])
})

test('what is no address of a proxy is refused by name, and its place in the list is told', async () => {
  const gateway = await open()
  const { status, answer } = await callAdmin(gateway, '/api/config', {
    method: 'PUT',
    body: { PROXIES: ['http://127.0.0.1:8080', 'ftp://127.0.0.1'] },
  })
  expect(status).toBe(400)
  expect(answer.problems).toEqual([
    {
      setting: 'PROXIES (item 1)',
      problem: expect.stringMatching(/^must be the address of a proxy/),
    },
  ])
})

test('many are checked at once, and results are kept for a while', async () => {
  const gateway = await open()
  const proxy = await openProxy('http', gateway.fake)
  await use(gateway, [])
  const body = { proxies: [proxy.url, 'socks5://127.0.0.1:1', proxy.url] }
  const check = () => callAdmin(gateway, '/api/config/proxy/check-all', { method: 'POST', body })
  const { answer } = await check()
  expect(answer).toMatchObject([
    { proxy: proxy.url, is_available: true },
    { proxy: 'socks5://127.0.0.1:1', is_available: false, error_message: expect.any(String) },
    { proxy: proxy.url, is_available: true },
  ])
  const asked = proxy.asked.length
  await check()
  expect(proxy.asked.length).toBe(asked)
  expect((await callAdmin(gateway, '/api/config/proxy/cache-stats')).answer).toEqual({
    total_cached: 2,
    valid_cached: 2,
    expired_cached: 0,
  })
  await callAdmin(gateway, '/api/config/proxy/clear-cache', { method: 'POST', body: {} })
  expect((await callAdmin(gateway, '/api/config/proxy/cache-stats')).answer.total_cached).toBe(0)
  const odd = await callAdmin(gateway, '/api/config/proxy/check', {
    method: 'POST',
    body: { proxy: 'nowhere' },
  })
  expect(odd.status).toBe(400)
})
