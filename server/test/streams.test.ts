import { describe, expect, test } from 'vitest'
import { clientToken, generate, healthyProjects, useGateway } from './support/gateway.ts'

const gateway = useGateway({ fake: { projects: healthyProjects(4) } })

const sse = 'streamGenerateContent?alt=sse'

/** Reads a stream to its end, however that comes. */
async function stream(
  text: string,
  method = sse,
): Promise<{ status: number; text: string; broke: boolean }> {
  const response = await fetch(`${gateway.url}/v1beta/models/gemini-3.8-flash:${method}`, {
    method: 'POST',
    headers: { 'x-goog-api-key': clientToken, 'content-type': 'application/json' },
    body: JSON.stringify({ contents: [{ role: 'user', parts: [{ text }] }] }),
  })
  const decoder = new TextDecoder()
  let read = ''
  try {
    for await (const chunk of response.body ?? []) read += decoder.decode(chunk, { stream: true })
    return { status: response.status, text: read, broke: false }
  } catch {
    return { status: response.status, text: read, broke: true }
  }
}

const events = (
  text: string,
): { candidates?: { finishReason?: string }[]; error?: { code: number } }[] =>
  text
    .split('\r\n\r\n')
    .filter((event) => event.startsWith('data: '))
    .map((event) => JSON.parse(event.slice('data: '.length)))

describe('a stream', () => {
  test.each([
    '[[fake:chunks-20]]',
    '[[fake:split-utf8]]',
    '[[fake:no-final-blank-line]]',
    '[[fake:slow-20]]',
  ])('arrives as Google sent it: %s', async (prompt) => {
    const { status, text, broke } = await stream(prompt)
    expect({ status, broke }).toEqual({ status: 200, broke: false })
    expect(text).toContain('"finishReason"')
    expect(text).not.toContain('\uFFFD')
  })

  test('in the form of an array is a JSON array', async () => {
    const { text } = await stream('[[fake:chunks-5]]', 'streamGenerateContent')
    expect(JSON.parse(text).length).toBeGreaterThan(4)
  })

  test('with an event of ten megabytes arrives whole', async () => {
    const { text } = await stream('[[fake:huge-inline-data-10]]')
    expect(text.length).toBeGreaterThan(10_000_000)
    expect(text).toContain('"finishReason"')
  })
})

describe('a stream that breaks after its client saw a part', () => {
  test.each([
    ['sse', sse],
    ['array', 'streamGenerateContent'],
  ])('is not tried again and never looks finished (%s)', async (_name, method) => {
    gateway.fake.clearReceived()
    const { status, text, broke } = await stream('[[fake:chunks-8 cut-after-3]]', method)
    expect(status).toBe(200)
    expect(broke).toBe(true)
    expect(text).not.toContain('"finishReason"')
    expect(gateway.fake.received()).toHaveLength(1)
  })

  test('ends with an error event', async () => {
    const { text } = await stream('[[fake:chunks-8 cut-after-3]]')
    const last = events(text).at(-1)
    expect(last?.error).toMatchObject({ code: 503 })
    expect(events(text)).toHaveLength(4)
  })

  test("shows Google's own error when that is how it broke", async () => {
    gateway.fake.clearReceived()
    const { text } = await stream('[[fake:chunks-8 error-after-2]]')
    expect(events(text).at(-1)?.error).toMatchObject({ code: 503 })
    expect(gateway.fake.received()).toHaveLength(1)
  })
})

describe('what fails before the client saw anything is tried again', () => {
  test.each([
    ['an empty answer', 'generateContent', 'empty-first-2 id=a'],
    ['an empty stream', sse, 'empty-first-2 id=b'],
    ['an empty array', 'streamGenerateContent', 'empty-first-2 id=c'],
    ['an overloaded model', 'generateContent', 'overloaded-first-1 id=d'],
    ['an internal error', sse, 'internal-first-2 id=e'],
    ['a broken connection', 'generateContent', 'reset-first-2 id=f'],
    ['a broken connection of a stream', sse, 'reset-first-2 id=g'],
  ])('%s', async (_name, method, marker) => {
    const { status, text } = await generate(gateway, `hello [[fake:${marker}]]`, { method })
    expect(status).toBe(200)
    expect(text).toContain('"finishReason"')
  })

  test('up to MAX_RETRIES attempts, then the truth', async () => {
    gateway.fake.clearReceived()
    const { status, text } = await generate(gateway, '[[fake:error-first-500]]')
    expect(status).toBe(500)
    expect(JSON.parse(text).error.status).toBe('INTERNAL')
    expect(gateway.fake.received()).toHaveLength(3)
  })

  test('an answer that stays empty is shown as it is', async () => {
    gateway.fake.clearReceived()
    const { status } = await generate(gateway, '[[fake:empty-stop]]')
    expect(status).toBe(200)
    expect(gateway.fake.received()).toHaveLength(3)
  })
})

test.each(['blocked-prompt', 'safety', 'recitation', 'max-tokens-empty'])(
  'an answer that is withheld or used up (%s) is the truth, at once',
  async (marker) => {
    for (const method of ['generateContent', sse]) {
      gateway.fake.clearReceived()
      expect((await generate(gateway, `[[fake:${marker}]]`, { method })).status).toBe(200)
      expect(gateway.fake.received()).toHaveLength(1)
    }
  },
)

describe('a client that leaves', () => {
  test.each(['[[fake:hang]]', '[[fake:hang-after-2 chunks-5]]', '[[fake:chunks-500 slow-20]]'])(
    'closes the call to Google within a second: %s',
    async (prompt) => {
      gateway.fake.clearReceived()
      const leaving = new AbortController()
      const answer = fetch(`${gateway.url}/v1beta/models/gemini-3.8-flash:${sse}`, {
        method: 'POST',
        signal: leaving.signal,
        headers: { 'x-goog-api-key': clientToken },
        body: JSON.stringify({ contents: [{ role: 'user', parts: [{ text: prompt }] }] }),
      })
        .then((response) => response.text())
        .catch(() => 'left')
      await expect.poll(() => gateway.fake.activeCalls()).toBe(1)
      leaving.abort()
      await answer
      await expect.poll(() => gateway.fake.activeCalls(), { timeout: 1000, interval: 20 }).toBe(0)
      expect(gateway.fake.received()).toHaveLength(1)
    },
  )
})
