import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createScrubber } from '../src/log/scrub.ts'
import { startGateway, type TestGateway } from './support/gateway.ts'
import { encodings, leaksOf } from './support/leaks.ts'

/** One secret of every kind, none of them anywhere else in this world. */
const canaries = {
  oldKey: 'AIzaSyCanaryOldKeyOldKeyOldKeyOldKey042',
  newKey: 'AQ.Ab8CanaryNewKeyNewKeyNewKeyNewKeyNewKeyNewKey043',
  suspendedKey: 'AIzaSyCanarySuspendedSuspendedSuspe0044',
  clientToken: 'canary/client+token=0045&xy',
  adminToken: 'canary-admin-token-0046',
  metricsToken: 'canary-metrics-token-0047',
  customHeader: 'canary-custom-header-0048',
} as const

const leaksIn = (text: string) => leaksOf(canaries, text)

const keys = [canaries.oldKey, canaries.newKey, canaries.suspendedKey]
const said: string[] = []
let gateway: TestGateway
let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gemini-balance-canaries-'))
  gateway = await startGateway({
    dataDir: folder,
    fake: {
      projects: keys.map((value, index) => ({
        id: `canary-${index}`,
        tier: 'paid1' as const,
        keys: [{ value, state: value === canaries.suspendedKey ? 'suspended' : 'ok' } as const],
      })),
    },
    settings: {
      LOG_LEVEL: 'trace',
      ALLOWED_TOKENS: JSON.stringify([canaries.clientToken]),
      AUTH_TOKEN: canaries.adminToken,
      ENCRYPTION_KEY: 'canary-tests-encryption-key-of-some-length',
      METRICS_TOKEN: canaries.metricsToken,
      CUSTOM_HEADERS: JSON.stringify({ 'x-egress-token': canaries.customHeader }),
      MAX_RETRIES: '1',
      QUEUE_MAX_WAIT_MS: '0',
    },
  })
}, 60_000)

afterAll(async () => {
  await gateway.close()
  await rm(folder, { recursive: true, force: true })
})

/** Everything an answer says, its headers included, is kept to be searched. */
async function ask(path: string, init: RequestInit = {}): Promise<void> {
  const response = await fetch(gateway.url + path, init)
  const chunks: Buffer[] = []
  try {
    for await (const chunk of response.body ?? []) chunks.push(Buffer.from(chunk))
  } catch {
    chunks.push(Buffer.from('(cut)'))
  }
  const headers = [...response.headers].flat().join(' ')
  said.push(
    `${path.split('?')[0]} ${response.status} ${headers} ${Buffer.concat(chunks).toString()}`,
  )
}

const post = (path: string, body: unknown, headers: Record<string, string>) =>
  ask(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })

const google = { 'x-goog-api-key': canaries.clientToken }
const bearer = { authorization: `Bearer ${canaries.clientToken}` }
const admin = { authorization: `Bearer ${canaries.adminToken}` }
const contents = { contents: [{ role: 'user', parts: [{ text: 'hi' }] }] }
const chat = (stream: boolean) => ({
  model: 'gemini-3.8-flash',
  messages: [{ role: 'user', content: 'hi' }],
  stream,
})

/** The same question in every dialect and framing. */
async function askEverywhere(): Promise<void> {
  const model = '/v1beta/models/gemini-3.8-flash'
  await post(`${model}:generateContent`, contents, google)
  await post(`${model}:streamGenerateContent`, contents, google)
  await post(`${model}:streamGenerateContent?alt=sse`, contents, google)
  await post(`${model}:countTokens`, contents, google)
  await post(`${model}:embedContent`, { content: contents.contents[0] }, google)
  for (const base of ['/v1', '/openai/v1']) {
    await post(`${base}/chat/completions`, chat(false), bearer)
    await post(`${base}/chat/completions`, chat(true), bearer)
  }
  await post('/v1/embeddings', { model: 'gemini-embedding-001', input: 'hi' }, bearer)
  await ask('/v1beta/models', { headers: google })
  await ask('/v1/models', { headers: bearer })
}

const error = (message: string, code: number, details: readonly object[] = []) =>
  JSON.stringify({ error: { code, message, status: 'PERMISSION_DENIED', details } })

/** A good first event, then an error that quotes a key, then nothing. */
const brokenStream = (secret: string) =>
  `data: {"candidates":[{"content":{"parts":[{"text":"so far"}],"role":"model"}}]}\r\n\r\ndata: ${error(`api_key:${secret} has been suspended`, 503)}\r\n\r\n`

const everything = (encode: (secret: string) => string) =>
  Object.values(canaries).map(encode).join(' and ')

/** Every way in which what stands behind the gateway could say a secret. */
const echoes: Readonly<
  Record<
    string,
    (
      encode: (secret: string) => string,
      key: string,
    ) => Parameters<TestGateway['fake']['script']>[0]
  >
> = {
  'in a message': (encode) => ({
    status: 400,
    body: error(everything(encode), 400),
  }),
  'in details and reason': (encode) => ({
    status: 403,
    body: error('no', 403, [
      {
        '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
        reason: encode(canaries.oldKey),
        metadata: { consumer: `projects/${encode(canaries.newKey)}` },
      },
      {
        '@type': 'type.googleapis.com/google.rpc.QuotaFailure',
        violations: [{ quotaId: encode(canaries.oldKey), quotaMetric: encode(canaries.newKey) }],
      },
    ]),
  }),
  'as the id of a spent quota': (encode) => ({
    status: 429,
    body: error('no', 429, [
      {
        '@type': 'type.googleapis.com/google.rpc.QuotaFailure',
        violations: [{ quotaId: `PerDay-${encode(canaries.oldKey)}`, quotaValue: '1' }],
      },
    ]),
  }),
  'across the cut of a long message': (encode) => ({
    status: 400,
    body: error('x'.repeat(980) + encode(canaries.newKey) + everything(encode), 400),
  }),
  'in HTML': (encode) => ({
    status: 502,
    headers: { 'content-type': 'text/html' },
    body: `<html><p>GET /v1beta/models?key=${everything(encode)} failed</p></html>`,
  }),
  'across the cut of a long page': (encode) => ({
    status: 502,
    headers: { 'content-type': 'text/html' },
    body: `${'<b></b>'.repeat(2855)}${encode(canaries.oldKey)}`,
  }),
  'in an error too long to hold back': (encode) => ({
    status: 400,
    body: error(`${'y'.repeat(300_000)} ${everything(encode)}`, 400),
  }),
  'in headers': (encode, key) => ({
    status: 200,
    headers: {
      etag: `"${encode(key)}"`,
      'x-goog-upload-url': `https://google/?key=${canaries.oldKey}&other=${canaries.newKey}`,
    },
    body: JSON.stringify({
      candidates: [{ content: { parts: [{ text: 'ok' }] }, finishReason: 'STOP' }],
    }),
  }),
  'in an error amid a stream': (encode, key) => ({
    status: 200,
    headers: { 'content-type': 'text/event-stream' },
    // Google quotes the key it was called with.
    body: brokenStream('quoted').replace('quoted', encode(key)),
    splitAt: [90, 120, 130, 140, 150, 160],
  }),
  'in an error cut by the network': (encode) => ({
    status: 403,
    body: error(`Consumer 'api_key:${encode(canaries.newKey)}'`, 403),
    cutAfterBytes: 75,
  }),
}

describe('whatever Google says, no secret comes out', () => {
  test('of keys that are suspended, in the words Google really uses', async () => {
    await askEverywhere()
    expect(leaksIn(said.join('\n'))).toEqual([])
  }, 60_000)

  test.each(Object.keys(echoes))(
    '%s',
    async (name) => {
      for (const encoding of ['plain', 'unicode'] as const) {
        gateway.fake.clearScripts()
        const encode = encodings[encoding] ?? String
        for (const key of keys) gateway.fake.script({ key, ...echoes[name]?.(encode, key) })
        await askEverywhere()
        await post('/api/keys/1/reset', {}, admin)
        await post('/api/keys/2/reset', {}, admin)
      }
      gateway.fake.clearScripts()
      expect(leaksIn(said.join('\n'))).toEqual([])
    },
    120_000,
  )
})

describe('whoever asks, no secret comes out', () => {
  test('clients with wrong, strange and misplaced credentials', async () => {
    for (const secret of Object.values(canaries)) {
      const inQuery = encodeURIComponent(secret)
      await ask(`/v1beta/models?key=${inQuery}x`)
      await ask(`/v1/models?key=${inQuery}`, { headers: { authorization: `Basic ${secret}` } })
      await post('/v1/chat/completions', `{"model":`, bearer)
      await ask(`/nothing?key=${inQuery}`)
      await ask(`/api/config?token=${inQuery}`)
    }
    expect(leaksIn(said.join('\n'))).toEqual([])
  })

  test('admins, in every answer of the admin API that was not asked for a value', async () => {
    const model = 'gemini-3.8-flash'
    for (const path of [
      'config',
      'keys',
      'lanes',
      'pool',
      `explain?model=${model}`,
      'decisions',
      'attempts',
      'tokens',
    ]) {
      await ask(`/api/${path}`, { headers: admin })
    }
    await ask('/api/config', {
      method: 'PUT',
      headers: { ...admin, 'content-type': 'application/json' },
      body: JSON.stringify({ PORT: canaries.oldKey, MAX_RETRIES: canaries.clientToken }),
    })
    expect(leaksIn(said.join('\n'))).toEqual([])
  })

  test('metrics, health and pages', async () => {
    await ask('/metrics', { headers: { authorization: `Bearer ${canaries.metricsToken}` } })
    for (const path of ['/health', '/ready', '/']) await ask(path)
    expect(leaksIn(said.join('\n'))).toEqual([])
  })
})

describe('what is kept holds no secret but where it belongs', () => {
  test('the log, at its loudest', () => {
    expect(gateway.logged.length).toBeGreaterThan(0)
    expect(leaksIn(gateway.logged.join('\n'))).toEqual([])
  })

  test('the metrics, the request log and what the engine remembers', async () => {
    await expect
      .poll(
        async () =>
          (await gateway.program.storage.requestLog.list({}, { limit: 1000 })).rows.length,
      )
      .toBeGreaterThan(100)
    const rows = await gateway.program.storage.requestLog.list({}, { limit: 1000 })
    const remembered = await gateway.program.storage.engineState.all()
    expect(leaksIn(JSON.stringify([rows, remembered]))).toEqual([])
  })

  test('the database file, with an encryption key', async () => {
    const files = (await readdir(folder)).filter((name) => name.includes('.db'))
    const bytes = await Promise.all(files.map((name) => readFile(join(folder, name), 'latin1')))
    expect(leaksIn(bytes.join('\n'))).toEqual([])
  })

  test('the search itself finds what it should', () => {
    const { scrub } = createScrubber()
    const everyLeak = Object.values(encodings)
      .map((encode) => encode(canaries.oldKey))
      .join(' ')
    expect(leaksIn(everyLeak)).toHaveLength(Object.keys(encodings).length)
    expect(leaksIn(scrub(everyLeak))).toEqual([])
  })
})
