import { once } from 'node:events'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { callAdmin } from './support/admin.ts'
import { readExposition } from './support/exposition.ts'
import {
  adminToken,
  clientToken,
  generate,
  generateBody,
  healthyProjects,
  keyNumber,
  useGateway,
} from './support/gateway.ts'

const gateway = useGateway({
  fake: { projects: healthyProjects(1) },
  settings: { MAX_REQUEST_BODY_MB: '1' },
})

const path = '/v1beta/models/gemini-3.8-flash:generateContent'

type Sent = { readonly status: number; readonly id: string; readonly body: string }

async function send(
  address: string,
  { token = clientToken, ...init }: RequestInit & { token?: string } = {},
): Promise<Sent> {
  const response = await fetch(gateway.url + address, {
    ...init,
    headers: {
      ...(token === '' ? {} : { authorization: `Bearer ${token}` }),
      'content-type': 'application/json',
      'x-request-id': 'of-the-client',
      ...Object.fromEntries(new Headers(init.headers)),
    },
  })
  const body = await response.text()
  return { status: response.status, id: response.headers.get('x-request-id') ?? '', body }
}

const post = (address: string, body: unknown, token = clientToken) =>
  send(address, {
    method: 'POST',
    token,
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })

const refusals = z.object({
  rows: z.array(
    z.looseObject({ code: z.string(), status: z.number(), path: z.string(), leftOut: z.number() }),
  ),
})
const refused = async (query: string) =>
  refusals.parse((await callAdmin(gateway, `/api/refusals?${query}`)).answer).rows

async function limitedToken(terms: object): Promise<string> {
  const body = { name: 'a limited client', ...terms }
  const { answer } = await callAdmin(gateway, '/api/tokens', { method: 'POST', body })
  return z.object({ token: z.string() }).parse(answer).token
}

async function spentToken(): Promise<string> {
  const token = await limitedToken({ limits: { requestsPerDay: 1 } })
  await post(path, generateBody, token)
  return token
}

async function metric(labels: Record<string, string>): Promise<number> {
  const headers = { authorization: `Bearer ${adminToken}` }
  const response = await fetch(`${gateway.url}/metrics`, { headers })
  return readExposition(await response.text()).sum('gemini_balance_refusals_total', labels)
}

const chat = { model: 'gemini-3.8-flash', messages: [{ role: 'user', content: 'hi' }] }

/** Everything that the gateway refuses by its own rules. */
const ways: readonly (readonly [
  name: string,
  send: () => Promise<Sent>,
  status: number,
  code: string,
  surface: string,
])[] = [
  ['an unknown token', () => post(path, generateBody, 'wrong-1'), 401, 'unknown_token', 'gemini'],
  [
    'an unknown token in chat',
    () => post('/v1/chat/completions', chat, 'wrong-2'),
    401,
    'unknown_token',
    'openai',
  ],
  [
    'no token',
    () => send('/openai/v1/models', { headers: { authorization: '' } }),
    401,
    'unknown_token',
    'openai-native',
  ],
  [
    'a dialect that the token may not use',
    async () => post(path, generateBody, await limitedToken({ allowedDialects: ['openai'] })),
    403,
    'dialect_not_allowed',
    'gemini',
  ],
  [
    'a model that the token may not use',
    async () => post(path, generateBody, await limitedToken({ allowedModels: ['x'] })),
    403,
    'model_not_allowed',
    'gemini',
  ],
  [
    'a limit of the token',
    async () => post(path, generateBody, await spentToken()),
    429,
    'token_limit_reached',
    'gemini',
  ],
  [
    'a body that is too large',
    () => post('/v1/chat/completions', 'x'.repeat(2 ** 20 + 1)),
    413,
    'body_too_large',
    'openai',
  ],
  [
    'a body that is no JSON',
    () => post('/v1/chat/completions', 'x'),
    400,
    'invalid_input',
    'openai',
  ],
  [
    'an invalid field',
    () => post('/v1/chat/completions', { ...chat, n: 99 }),
    400,
    'invalid_input',
    'openai',
  ],
  [
    'a model that no name can be',
    () => post('/v1/chat/completions', { ...chat, model: 'a b' }),
    400,
    'model_not_supported',
    'openai',
  ],
  [
    'a path of a dialect that nothing serves',
    () => post('/v1beta/nothing', {}),
    404,
    'not_found',
    'gemini',
  ],
  ['an unknown address', () => send('/nowhere/at/all'), 404, 'not_found', 'openai'],
  ['an unknown page', () => send('/nowhere/at/all', { token: '' }), 404, 'not_found', 'none'],
  ['a broken escape', () => send('/%zz'), 400, 'malformed_request', 'none'],
  [
    'a wrong admin token',
    () => send('/api/keys', { token: 'wrong-3' }),
    401,
    'wrong_token',
    'admin',
  ],
  [
    'another method',
    () => send('/api/keys', { method: 'PATCH', token: adminToken }),
    405,
    'method_not_allowed',
    'admin',
  ],
  [
    'an invalid admin request',
    () => send('/api/keys?limit=0', { token: adminToken }),
    400,
    'invalid_input',
    'admin',
  ],
]

describe('a refusal is counted, and the log tells its reason by the id of the request', () => {
  test.each(ways)('%s', async (_name, request, status, code, surface) => {
    const before = await metric({ code, surface })
    const sent = await request()
    expect([sent.status, sent.id]).toEqual([status, expect.stringMatching(/^[\w-]{10,}$/)])
    expect(sent.id).not.toBe('of-the-client')
    await expect.poll(() => refused(`requestId=${sent.id}`), { timeout: 5000 }).toHaveLength(1)
    const [row] = await refused(`requestId=${sent.id}`)
    expect(row).toMatchObject({ code, status, surface, leftOut: 0, address: '127.0.0.1' })
    expect(sent.body).toContain(JSON.stringify(row?.['message']).slice(1, -1).slice(0, 60))
    expect(await metric({ code, surface })).toBe(before + 1)
  })

  test('bytes that are no HTTP', async () => {
    const { hostname, port } = new URL(gateway.url)
    const socket = connect(Number(port), hostname)
    await once(socket, 'connect')
    socket.end('nonsense\r\n\r\n')
    const answer = await text(socket)
    expect(answer).toMatch(/^HTTP\/1\.1 400 /)
    const [, id = ''] = /^x-request-id: (.+)\r$/m.exec(answer) ?? []
    await expect.poll(() => refused(`requestId=${id}`)).toHaveLength(1)
  })
})

test('the caller of a refusal has its name', async () => {
  const { id } = await post(path, generateBody, await spentToken())
  await expect
    .poll(() => refused(`requestId=${id}`))
    .toEqual([expect.objectContaining({ callerName: 'a limited client' })])
})

test('what clients make up is bounded, and no secret is kept', async () => {
  const labels = async () => {
    const response = await fetch(`${gateway.url}/metrics`, {
      headers: { authorization: `Bearer ${adminToken}` },
    })
    const { lines } = readExposition(await response.text())
    return lines.filter(({ name }) => name.includes('refusals')).length
  }
  await send(`/nowhere/${keyNumber(0)}/${clientToken}?key=${keyNumber(0)}`)
  const before = await labels()
  for (let index = 0; index < 300; index += 1) await send(`/nowhere/${index}?x=${'y'.repeat(500)}`)
  expect(await labels()).toBe(before)
  const rows = await refused('code=not_found&surface=none&limit=1000')
  expect(rows.length).toBeLessThan(25)
  expect(JSON.stringify(rows)).not.toContain(keyNumber(0))
  expect(JSON.stringify(rows)).not.toContain(clientToken)
  for (const { path: kept } of rows) expect(kept).not.toContain('?')
})

test('a request that Google was asked for is no refusal', async () => {
  const before = await metric({})
  expect((await generate(gateway, 'hi')).status).toBe(200)
  await generate(gateway, '[[fake:400]]')
  expect(await metric({})).toBe(before)
})

describe('every answer has an id of its request', () => {
  const answers: readonly (readonly [string, string, RequestInit])[] = [
    ['of Gemini', path, { method: 'POST', body: generateBody }],
    [
      'of a stream of Gemini',
      path.replace('generateContent', 'streamGenerateContent?alt=sse'),
      { method: 'POST', body: generateBody },
    ],
    ['of a chat', '/v1/chat/completions', { method: 'POST', body: JSON.stringify(chat) }],
    [
      'of a streamed chat',
      '/v1/chat/completions',
      { method: 'POST', body: JSON.stringify({ ...chat, stream: true }) },
    ],
    [
      'of a native chat',
      '/openai/v1/chat/completions',
      { method: 'POST', body: JSON.stringify(chat) },
    ],
    ['of a list of models', '/v1/models', {}],
    [
      'of embeddings',
      '/v1/embeddings',
      { method: 'POST', body: JSON.stringify({ model: 'gemini-embedding-001', input: 'x' }) },
    ],
    ['of the admin API', '/api/keys', { headers: { authorization: `Bearer ${adminToken}` } }],
    ['of health', '/health', {}],
    ['of readiness', '/ready', {}],
    ['of metrics', '/metrics', {}],
    ['of a preflight', path, { method: 'OPTIONS' }],
    ['of the page of nothing', '/', {}],
  ]

  test.each(answers)('%s', async (_name, address, init) => {
    const [one, other] = [await send(address, init), await send(address, init)]
    expect(one.id).toMatch(/^[\w-]{10,}$/)
    expect(one.id).not.toBe(other.id)
    expect(one.id).not.toBe('of-the-client')
  })

  test('which the audit log has, where an admin changed something', async () => {
    const body = JSON.stringify({ MAX_RETRIES: 2 })
    const { id } = await send('/api/config', { method: 'PUT', token: adminToken, body })
    const { text: audit } = await callAdmin(gateway, '/api/audit')
    expect(audit).toContain(id)
  })

  test('by which the request log finds the attempts', async () => {
    const { id } = await post('/openai/v1/chat/completions', chat)
    const attempts = z.object({ rows: z.array(z.looseObject({ requestId: z.string() })) })
    const found = async () =>
      attempts.parse((await callAdmin(gateway, `/api/attempts?requestId=${id}`)).answer).rows
    await expect.poll(found).toEqual([
      expect.objectContaining({
        requestId: id,
        callerName: expect.stringContaining('ALLOWED_TOKENS'),
      }),
    ])
  })
})
