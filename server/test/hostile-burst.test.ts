import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ChildProcessWithoutNullStreams } from 'node:child_process'
import type { Socket } from 'node:net'
import type { Readable } from 'node:stream'
import { startFakeGemini, type FakeGemini } from '@gemini-balance/fake-gemini'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { callAdmin } from './support/admin.ts'
import { droppedQueries, modelPath, refusedPaths } from './support/attacks.ts'
import { adminToken, clientToken, generateBody, healthyProjects } from './support/gateway.ts'
import { openAndStall, send, type HostileCall } from './support/hostile-client.ts'
import { openInspector, type ProcessMemory } from './support/inspector.ts'
import { startProgram } from './support/program.ts'

const requests = 2000
const atOnce = 40
const megabyte = 1024 * 1024
const chat = '/v1/chat/completions'
const model = 'gemini-3.8-flash'

let folder: string
let fake: FakeGemini
let memory: ProcessMemory
let child: ChildProcessWithoutNullStreams
const gateway = { url: '' }

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gemini-balance-burst-'))
  fake = await startFakeGemini({ projects: healthyProjects(6) })
  refuseKeysOnDemand()
  child = startProgram(
    folder,
    {
      BASE_URL: `${fake.url}/v1beta`,
      API_KEYS: JSON.stringify(healthyProjects(6).flatMap(({ keys }) => keys)),
      ALLOWED_TOKENS: JSON.stringify([clientToken, ...strangers]),
      AUTH_TOKEN: adminToken,
    },
    ['--inspect=127.0.0.1:0'],
  )
  const [inspector, url] = await Promise.all([
    printed(child.stderr, /Debugger listening on (\S+)/),
    printed(child.stdout, /listens on (http:\/\/127\.0\.0\.1:\d+)/),
  ])
  gateway.url = url
  memory = await openInspector(child.pid ?? 0, inspector)
}, 60_000)

afterAll(async () => {
  memory.close()
  child.kill('SIGKILL')
  await fake.close()
  await rm(folder, { recursive: true, force: true })
})

/** Waits for what a process prints, and takes the first group of it. */
function printed(output: Readable, pattern: RegExp): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = ''
    output.on('data', (chunk: Buffer) => {
      text += chunk.toString()
      const [, found] = pattern.exec(text) ?? []
      if (found !== undefined) resolve(found)
    })
    output.on('close', () => reject(new Error(text)))
  })
}

/** Client tokens of attackers. */
const strangers = Array.from({ length: 20 }, (_, index) => `token-of-attacker-${index}`)

const refusals = [
  [400, 'API_KEY_INVALID', 'API key not valid.'],
  [403, 'CONSUMER_SUSPENDED', 'Project is suspended.'],
  [403, 'SERVICE_DISABLED', 'The API is disabled.'],
  [403, 'API_KEY_SERVICE_BLOCKED', 'The service is blocked.'],
  [403, '', 'Your API key was reported as leaked. Please use another API key.'],
  [402, '', 'Billing is disabled.'],
  [400, '', '\\'.repeat(8000)],
] as const

/** Google refuses every key for what stands in such a request. */
function refuseKeysOnDemand(): void {
  for (const [index, [status, reason, message]] of refusals.entries()) {
    const details = [{ '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason }]
    fake.script({
      path: `^/v1beta/models/refused-${index}:`,
      status,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ error: { code: status, message, details: reason ? details : [] } }),
    })
  }
}

const nested = (depth: number) => '{"a":'.repeat(depth) + '1' + '}'.repeat(depth)
function pick<T>(list: readonly T[], index: number): T {
  const picked = list[index % list.length]
  if (picked === undefined) throw new Error('Nothing to pick from.')
  return picked
}

const chatWith = (members: object) =>
  JSON.stringify({ model, messages: [{ role: 'user', content: 'hi' }], ...members })
const withTool = (parameters: unknown) =>
  chatWith({ tools: [{ type: 'function', function: { name: 'f', parameters } }] })
const withImage = (url: string) =>
  chatWith({
    messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url } }] }],
  })

/** One row a kind of attack. */
const kinds: Readonly<Record<string, (index: number) => HostileCall>> = {
  'an address that asks for more': (index) => ({ path: pick(refusedPaths, index) }),
  'a query that changes the account': (index) => ({
    path: `${modelPath}:generateContent?${encodeURI(pick(droppedQueries, index)).replaceAll('%25', '%')}`,
  }),
  'a request that Google refuses every key for': (index) => ({
    path: `/v1beta/models/refused-${index % refusals.length}:generateContent`,
    headers: { 'x-goog-api-key': pick(strangers, index) },
  }),
  'an invented model': (index) => ({ path: `/v1beta/models/invented-${index}:generateContent` }),
  'an invented model in chat': (index) => ({
    path: chat,
    body: chatWith({ model: `invented-${index}-${'y'.repeat(90)}` }),
  }),
  'an invented method': (index) => ({ path: `${modelPath}:invented${'x'.repeat(index % 40)}` }),
  'headers that name an account': () => ({
    path: `${modelPath}:generateContent`,
    headers: {
      'x-goog-user-project': 'stranger',
      'x-http-method-override': 'DELETE',
      'x-goog-quota-user': 'stranger',
      cookie: 'a=b',
    },
  }),
  'a guess of a client token': (index) => ({
    path: `${modelPath}:generateContent`,
    headers: { 'x-goog-api-key': `guess-${index}` },
  }),
  'a guess of the admin token beside a valid client token': (index) => ({
    path: '/api/keys',
    method: 'GET',
    body: '',
    headers: { authorization: `Bearer guess-${index}` },
  }),
  'a login with a wrong token': (index) => ({
    path: '/api/session',
    body: JSON.stringify({ token: `guess-${index}` }),
  }),
  'deep JSON': () => ({ path: `${modelPath}:generateContent`, body: nested(50_000) }),
  'a megabyte of backslashes': () => ({
    path: `${modelPath}:generateContent`,
    body: JSON.stringify({ contents: [{ parts: [{ text: '\\'.repeat(megabyte / 2) }] }] }),
  }),
  'no JSON': (index) => ({ path: pick([chat, `${modelPath}:generateContent`], index), body: '{' }),
  'a schema that refers to itself': () => ({
    path: chat,
    body: withTool({
      $ref: '#/$defs/a',
      $defs: { a: { properties: { b: { $ref: '#/$defs/a' }, c: { $ref: '#/$defs/a' } } } },
    }),
  }),
  'a deep schema': () => ({ path: chat, body: withTool(JSON.parse(nested(500))) }),
  'an image at a private address': (index) => ({
    path: chat,
    body: withImage(
      `http://${pick(['127.0.0.1', '169.254.169.254', '[::1]', '10.0.0.1'], index)}/x`,
    ),
  }),
  'an image that is none': () => ({ path: chat, body: withImage('data:image/png;base64,%%%') }),
  'a wrong method': (index) => ({ path: chat, method: pick(['DELETE', 'PUT', 'PATCH'], index) }),
  'a wrong address': (index) => ({ path: `/v1/unknown/${index}/${'z'.repeat(2000)}` }),
  'an answer that echoes the key': () => ({
    path: `${modelPath}:generateContent`,
    body: JSON.stringify({ contents: [{ parts: [{ text: '[[fake:key-invalid]]' }] }] }),
  }),
}

/** Connections that stop in the middle: in the headers, in a body, in front of an answer. */
const stalls = [
  'POST /v1beta/models/x:generateContent HTTP/1.1\r\nhost: a\r\nx-a: ',
  `POST ${modelPath}:generateContent HTTP/1.1\r\nhost: a\r\nx-goog-api-key: ${clientToken}\r\ncontent-length: 900000\r\n\r\n{`,
  `POST ${modelPath}:streamGenerateContent?alt=sse HTTP/1.1\r\nhost: a\r\nx-goog-api-key: ${clientToken}\r\n` +
    `content-length: ${generateBody.length}\r\n\r\n${generateBody}`,
  'GET / HTTP/9.9\r\n\r\n',
  '\0\0\0\0\0\0\0\0\r\n\r\n',
]

async function honestRequest(index: number): Promise<number> {
  const [path, body] = pick(
    [
      [`${modelPath}:generateContent`, generateBody],
      [chat, chatWith({ stream: true })],
      [`${modelPath}:streamGenerateContent?alt=sse`, generateBody],
    ],
    index,
  )
  return send(gateway, { path, body })
}

async function inParallel(count: number, run: (index: number) => Promise<unknown>): Promise<void> {
  let next = 0
  const worker = async () => {
    while (next < count) {
      const index = next
      next += 1
      await run(index)
    }
  }
  await Promise.all(Array.from({ length: atOnce }, worker))
}

test('a burst of 2 000 hostile requests leaves every key in service, the memory small and an honest client unharmed', async () => {
  await inParallel(600, honestRequest)
  const before = await memory.collected()

  const attacks = Object.values(kinds)
  const open: Socket[] = []
  const honest: number[] = []
  const ended = new AbortController()
  const honestClient = async () => {
    while (!ended.signal.aborted) honest.push(await honestRequest(honest.length))
  }
  const burst = inParallel(requests, async (index) => {
    const address = `127.0.0.${2 + (index % 50)}`
    if (index % 20 === 0) {
      open.push(await openAndStall(gateway, pick(stalls, index / 20), address))
    }
    await send(gateway, { ...pick(attacks, index)(index), address })
  }).finally(() => ended.abort())
  await Promise.all([burst, honestClient()])

  expect(honest.length).toBeGreaterThan(20)
  expect(honest.filter((status) => status !== 200)).toEqual([])
  for (const socket of open) socket.destroy()
  await expect
    .poll(async () => {
      const { answer } = await callAdmin(gateway, '/api/keys?limit=100')
      return answer.rows.map(({ state }: { state: string }) => state)
    })
    .toEqual(Array.from({ length: 6 }, () => 'active'))
  await expect
    .poll(async () => ((await memory.collected()) - before) / megabyte, { timeout: 30_000 })
    .toBeLessThan(60)
}, 180_000)
