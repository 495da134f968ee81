import { connect } from 'node:net'
import { describe, expect, test, vi } from 'vitest'
import { callAdmin } from './support/admin.ts'
import { droppedQueries, modelPath as model, refusedPaths } from './support/attacks.ts'
import {
  call,
  clientToken,
  generate,
  generateBody,
  healthyProjects,
  useGateway,
} from './support/gateway.ts'

const gateway = useGateway({ fake: { projects: healthyProjects(3) } })

const chatBody = (name: string) =>
  JSON.stringify({ model: name, messages: [{ role: 'user', content: 'hi' }] })

/** Sends a request line as it is, which `fetch` would correct. */
function sendRaw(target: string, { body = generateBody, method = 'POST', headers = '' } = {}) {
  const { hostname, port } = new URL(gateway.url)
  return new Promise<number>((resolve, reject) => {
    const socket = connect(Number(port), hostname, () =>
      socket.write(
        `${method} ${target} HTTP/1.1\r\nhost: gateway\r\nconnection: close\r\n` +
          `x-goog-api-key: ${clientToken}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n` +
          `${headers}\r\n${body}`,
      ),
    )
    let answer = ''
    socket.on('data', (chunk) => (answer += chunk.toString('latin1')))
    socket.on('error', reject)
    socket.on('close', () => resolve(Number(answer.split(' ')[1])))
  })
}

describe('a client never chooses what is asked in the name of Google', () => {
  test.each(refusedPaths)('%s is a 400 in the shape of Google, without a call', async (path) => {
    gateway.fake.clearReceived()
    const answer = await call(gateway, path, { method: 'POST', body: generateBody })
    expect(answer.status).toBe(400)
    expect(JSON.parse(answer.text).error).toMatchObject({ code: 400, status: 'INVALID_ARGUMENT' })
    expect(gateway.fake.received()).toEqual([])
  })

  test.each(droppedQueries)('?%s does not reach Google', async (query) => {
    gateway.fake.clearReceived()
    expect(await sendRaw(`${model}:generateContent?${query}&alt=json`)).toBe(200)
    expect(gateway.fake.received().at(-1)?.query).toEqual({ alt: 'json' })
    expect(JSON.stringify(gateway.fake.received())).not.toContain('stranger')
  })

  test('a form, which Google reads as a query, arrives as JSON', async () => {
    gateway.fake.clearReceived()
    const headers = 'content-type: application/x-www-form-urlencoded\r\n'
    await sendRaw(`${model}:countTokens`, { body: 'key=stranger', headers })
    expect(gateway.fake.received().at(-1)?.headers['content-type']).toBe('application/json')
  })

  test.each(['a/../../files', 'a?key=b', 'a#b', 'a\r\nb', 'a\u0000', 'x'.repeat(100_000)])(
    'the model %j of an OpenAI client is a 400 without a call',
    async (name) => {
      for (const path of ['/v1/chat/completions', '/openai/v1/chat/completions']) {
        gateway.fake.clearReceived()
        const answer = await call(gateway, path, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: chatBody(name),
        })
        expect(answer.status).toBe(400)
        expect(answer.text.length).toBeLessThan(1000)
        expect(gateway.fake.received()).toEqual([])
      }
    },
  )

  test('a control character in a path of an OpenAI client is a 400 in the shape of OpenAI', async () => {
    const answer = await call(gateway, '/openai/v1/models/a%0d%0ab')
    expect(answer.status).toBe(400)
    expect(JSON.parse(answer.text).error).toMatchObject({ type: 'invalid_request_error' })
  })
})

test('a method that Google does not have leaves the model open to others', async () => {
  for (let index = 0; index < 6; index += 1) {
    await generate(gateway, 'hi', { method: `invented${'x'.repeat(index)}` })
  }
  expect((await generate(gateway, 'hi')).status).toBe(200)
  const { rows } = gateway.program.engine.views.lanes()
  const statuses = rows.flatMap((row) => (row.lane === 'gemini-3.8-flash' ? [row.status] : []))
  expect(new Set(statuses)).toEqual(new Set(['ready']))
})

test('a model that a client invented is no label of the request log', async () => {
  for (let index = 0; index < 50; index += 1) {
    await generate(gateway, 'hi', { model: `invented-${index}` })
  }
  await generate(gateway, 'hi')
  const loggedModels = async () => {
    const { answer } = await callAdmin(gateway, '/api/attempts?limit=100')
    const rows: { verdict: string; model: string; lane: string }[] = answer.rows
    const missed = rows.filter(({ verdict }) => verdict === 'model-not-found')
    expect(missed.length).toBeGreaterThanOrEqual(50)
    return missed.flatMap(({ model: name, lane }) => [name, lane])
  }
  await vi.waitFor(async () => expect(new Set(await loggedModels())).toEqual(new Set(['other'])), {
    timeout: 10_000,
  })
})
