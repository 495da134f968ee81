import OpenAI from 'openai'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { createPublicFetch, publicFetchDefaults } from '../../media/public-fetch.ts'
import { startMediaServer, type MediaServer } from '../../testing/media-server.ts'
import { startTestGateway, token, type TestGateway } from '../../testing/test-gateway.ts'
import { errorOf, postChat } from '../testing/chat-client.ts'

let gateway: TestGateway
let media: MediaServer
let client: OpenAI

/** A gateway that may fetch from this machine. */
async function open(
  environment: Record<string, string> = {},
  onPiece: () => void = () => {},
): Promise<void> {
  media = await startMediaServer(onPiece)
  const isAllowed = (address: string) => address === '127.0.0.1'
  const fetchMedia = createPublicFetch({ ...publicFetchDefaults, isAllowed })
  gateway = await startTestGateway({ environment, fetchMedia })
  client = new OpenAI({ apiKey: token, baseURL: `${gateway.url}/v1`, maxRetries: 0 })
}
afterEach(async () => {
  await gateway.close()
  await media.close()
})

const model = 'gemini-3.8-flash'
const image = (path: string) => ({
  type: 'image_url' as const,
  image_url: { url: `${media.url}/${path}` },
})
const bodyOf = (content: readonly object[], more: object = {}) => ({
  model,
  messages: [{ role: 'user', content: [{ type: 'text', text: 'See' }, ...content] }],
  ...more,
})
const ask = (...content: ReturnType<typeof image>[]) =>
  client.chat.completions.create({
    model,
    messages: [{ role: 'user', content: [{ type: 'text', text: 'See' }, ...content] }],
  })
const images = (count: number, path: string) => Array.from({ length: count }, () => image(path))
const distinct = (count: number, bytes: number) =>
  Array.from({ length: count }, (_, index) => image(`bytes/${bytes}?${index}`))
const field = (index: number) => `messages[0].content[${index}].image_url.url`
const unused = { memoryBytes: 0, fetches: 0, waiting: 0 }

describe('a remote file', () => {
  test('reaches Google as the type that its server says, fetched once however often it is named', async () => {
    await open()
    await ask(...images(3, 'png'))
    expect(JSON.stringify(gateway.received()[0]).match(/"mimeType":"image\/png"/g)).toHaveLength(3)
    expect(media.asked).toEqual(['/png'])
    expect(gateway.media.used()).toEqual(unused)
  })

  test.each([
    ['none', /404/],
    ['page', /web page/],
  ])('that is no picture is refused with its field: %s', async (path, words) => {
    await open()
    const error = await errorOf(ask(image('png'), image(path)))
    expect(error).toMatchObject({ status: 400, param: field(2), type: 'invalid_request_error' })
    expect(error.message).toMatch(words)
    expect(gateway.received()).toEqual([])
  })

  test('in a tool result reaches Google too', async () => {
    await open()
    const { status } = await postChat(gateway, {
      model,
      messages: [
        { role: 'user', content: 'draw' },
        {
          role: 'assistant',
          tool_calls: [{ id: 'c', type: 'function', function: { name: 'f', arguments: '{}' } }],
        },
        { role: 'tool', tool_call_id: 'c', content: [image('png')] },
      ],
    })
    expect(status).toBe(200)
    expect(gateway.received()[0]).toMatchObject({
      contents: [
        {},
        {},
        { parts: [{ functionResponse: { parts: [{ inlineData: { mimeType: 'image/png' } }] } }] },
      ],
    })
  })
})

describe('the files of one request', () => {
  test('are limited in number, each counted once; the first that is too many is named', async () => {
    await open({ MEDIA_FETCH_MAX_FILES: '2' })
    await ask(...images(3, 'png'), image('png?1'))
    expect(media.asked).toHaveLength(2)
    expect(await errorOf(ask(image('png'), image('png?1'), image('png?2')))).toMatchObject({
      status: 400,
      param: field(3),
    })
    expect(media.asked).toHaveLength(2)
  })

  test('are not fetched where the gateway fetches none', async () => {
    await open({ MEDIA_FETCH_MAX_FILES: '0' })
    expect(await errorOf(ask(image('png')))).toMatchObject({ status: 400, param: field(1) })
    expect(media.asked).toEqual([])
  })

  test('are limited in size, all together', async () => {
    await open({ MEDIA_FETCH_MAX_MB: '1' })
    const most = 1024 * 1024
    await ask(...distinct(2, most / 2))
    const error = await errorOf(ask(...distinct(2, most / 2), image('bytes/1')))
    expect(error.status).toBe(400)
    expect(error.param).toMatch(/^messages\[0\]\.content\[[123]\]\.image_url\.url$/)
    expect(error.message).toMatch(/together larger than 1 MiB/)
    expect(gateway.media.used()).toEqual(unused)
  })

  test('must all have come within one limit of time', async () => {
    await open({ MEDIA_FETCH_TIMEOUT: '1' })
    const error = await errorOf(ask(image('hang'), image('hang?1')))
    expect(error).toMatchObject({ status: 400, param: field(1) })
    expect(error.message).toMatch(/did not come within 1 seconds/)
    expect(gateway.media.used()).toEqual(unused)
  })

  test('are given up when their client leaves, also those that wait', async () => {
    await open({ MEDIA_FETCH_CONCURRENCY: '1' })
    const leaving = new AbortController()
    const asking = fetch(`${gateway.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
      body: JSON.stringify(bodyOf([image('hang'), image('hang?1')])),
      signal: leaving.signal,
    })
    await vi.waitFor(() => expect(gateway.media.used()).toMatchObject({ fetches: 1, waiting: 1 }))
    leaving.abort()
    await expect(asking).rejects.toThrow()
    await vi.waitFor(() => expect(gateway.media.used()).toEqual(unused))
    expect(gateway.received()).toEqual([])
  })

  test('are held until their answer has ended, and no longer', async () => {
    await open()
    const leaving = new AbortController()
    const response = await fetch(`${gateway.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
      body: JSON.stringify(
        bodyOf([image('png'), { type: 'text', text: '[[fake:hang-after-1]]' }], { stream: true }),
      ),
      signal: leaving.signal,
    })
    expect(response.status).toBe(200)
    expect(gateway.media.used().memoryBytes).toBeGreaterThan(0)
    leaving.abort()
    await vi.waitFor(() => expect(gateway.media.used()).toEqual(unused))
  })
})

describe('the files of all requests', () => {
  const memoryBytes = 16 * 1024 * 1024

  test('stay within the memory and the number of fetches, when 20 requests with many large files come at once', async () => {
    let mostMemory = 0
    await open({ MEDIA_FETCH_MEMORY_MB: '16', MEDIA_FETCH_CONCURRENCY: '6' }, () => {
      mostMemory = Math.max(mostMemory, gateway.media.used().memoryBytes)
    })
    // Each needs a quarter of the memory; all together five times as much as there is.
    const content = (who: number) =>
      Array.from({ length: 6 }, (_, index) => image(`bytes/${256 * 1024}?${who}-${index}`))
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, who) => postChat(gateway, bodyOf(content(who)))),
    )
    expect(mostMemory).toBeLessThanOrEqual(memoryBytes)
    expect(mostMemory).toBeLessThanOrEqual(memoryBytes)
    expect(mostMemory).toBeGreaterThan(memoryBytes / 2)
    expect(media.mostOpen()).toBeLessThanOrEqual(6)
    const answered = answers.filter(({ status }) => status === 200)
    expect(answered.length).toBeGreaterThan(0)
    expect(gateway.received()).toHaveLength(answered.length)
    for (const body of gateway.received()) {
      expect(JSON.stringify(body).match(/inlineData/g)).toHaveLength(6)
    }
    for (const { status, text } of answers) {
      if (status === 200) continue
      expect(status).toBe(503)
      expect(JSON.parse(text)).toMatchObject({
        error: {
          param: expect.stringMatching(/^messages\[0\]\.content\[[1-6]\]\.image_url\.url$/),
        },
      })
    }
    expect(gateway.media.used()).toEqual(unused)
    expect(gateway.errors).toEqual([])
  })

  test('wait for each other, so that those that fit one after the other are all answered', async () => {
    await open({ MEDIA_FETCH_MEMORY_MB: '16', MEDIA_FETCH_CONCURRENCY: '2' })
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, who) =>
        postChat(gateway, bodyOf([image(`bytes/${512 * 1024}?${who}`)])),
      ),
    )
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
    expect(media.mostOpen()).toBeLessThanOrEqual(2)
  })

  test('are refused with 503 and the field where too many wait', async () => {
    await open({ MEDIA_FETCH_CONCURRENCY: '1', MEDIA_FETCH_MAX_WAITING: '0' })
    const error = await errorOf(ask(image('hang'), image('hang?1')))
    expect(error).toMatchObject({ status: 503, param: field(1), code: 'service_unavailable' })
    expect(error.headers?.get('retry-after')).toBe('5')
    expect(gateway.media.used()).toEqual(unused)
  })
})
