import { describe, expect, test } from 'vitest'
import type { FakeGemini } from '../fake-gemini.ts'
import { flash, hello, key, sendRequest, startForTest } from '../testing/send-request.ts'
import { create, denied, fileIn, foreign, other, projects } from '../testing/files.ts'

const start = () => startForTest({ projects })

describe('a file in a request', () => {
  const google = 'https://generativelanguage.googleapis.com'
  const withFile = (fileUri: string) => ({
    contents: [
      { role: 'user', parts: [{ text: 'x' }, { fileData: { fileUri, mimeType: 'image/png' } }] },
    ],
  })
  const send = (
    fake: FakeGemini,
    body: object,
    { apiKey = key, action = 'generateContent' } = {},
  ) =>
    sendRequest(fake, {
      path: `${flash}:${action}`,
      headers: { 'x-goog-api-key': apiKey },
      body,
    })

  test('may be used by its project only, and refusing it uses no quota', async () => {
    const quotas = { '*': { rpm: 2 } }
    const fake = await startForTest({ projects: projects.map((one) => ({ ...one, quotas })) })
    await create(fake, { name: 'files/mine' })
    for (const uri of ['files/mine', `${google}/v1beta/files/mine`]) {
      const used = await send(fake, withFile(uri), { apiKey: other })
      expect(used.json.usageMetadata).toMatchObject({ promptTokenCount: 259 })
    }
    for (let count = 0; count < 3; count += 1) {
      const refused = await send(fake, withFile('files/mine'), { apiKey: foreign })
      expect(refused).toMatchObject(denied('mine'))
    }
    expect((await send(fake, hello, { apiKey: foreign })).status).toBe(200)
  })

  test.each([
    [`${google}/v1/files/never`, 403],
    [`${google}/v1beta/files/never:download?alt=media`, 403],
    ['files/never', 403],
    ['https://youtu.be/abc', 200],
    ['https://example.com/v1beta/files/never', 200],
    ['gs://bucket/files/never', 200],
    ['', 200],
  ])('%s is answered with %i where the project has no files', async (uri, status) => {
    expect((await send(await start(), withFile(uri))).status).toBe(status)
  })

  test('is looked up at its own address too', async () => {
    const fake = await start()
    expect((await send(fake, withFile(`${fake.url}/v1beta/files/never`))).status).toBe(403)
  })

  test('must be processed', async () => {
    const fake = await start()
    const { name } = fileIn(await create(fake, { mimeType: 'video/mp4' }))
    const early = await send(fake, withFile(name))
    expect(early.json.error).toEqual({
      code: 400,
      message: `The File ${name.slice(6)} is not in an ACTIVE state and usage is not allowed.`,
      status: 'FAILED_PRECONDITION',
    })
    fake.advance(5_000)
    expect((await send(fake, withFile(name))).status).toBe(200)
  })

  test('is checked wherever it may be', async () => {
    const fake = await start()
    const part = { fileData: { fileUri: 'files/never' } }
    const { contents } = withFile('files/never')
    const bodies: [string, object][] = [
      ['generateContent', { ...hello, systemInstruction: { parts: [part] } }],
      ['streamGenerateContent', { contents }],
      ['countTokens', { contents }],
      ['countTokens', { generateContentRequest: { model: 'models/gemini-3.8-flash', contents } }],
    ]
    for (const [action, body] of bodies) {
      expect((await send(fake, body, { action })).status).toBe(403)
    }
    const embedded = await sendRequest(fake, {
      path: '/v1beta/models/gemini-embedding-2:embedContent',
      body: { content: { parts: [part] } },
    })
    expect(embedded).toMatchObject(denied('never'))
    const name = 'get_file'
    const call = {
      functionCall: { name, args: {}, id: '1' },
      thoughtSignature: 'skip_thought_signature_validator',
    }
    const answer = { functionResponse: { name, id: '1', response: {}, parts: [part] } }
    const turns = [
      ...hello.contents,
      { role: 'model', parts: [call] },
      { role: 'user', parts: [answer] },
    ]
    const tools = [{ functionDeclarations: [{ name, description: 'x' }] }]
    expect(await send(fake, { contents: turns, tools })).toMatchObject(denied('never'))
  })
})
