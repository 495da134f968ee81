import { describe, expect, test } from 'vitest'
import type { FakeGemini } from '../fake-gemini.ts'
import { flash, hello, key, sendRequest, startForTest } from '../testing/send-request.ts'
import {
  allNames,
  create,
  fileIn,
  foreign,
  get,
  multipartBody,
  other,
  page,
  projects,
  remove,
  startUpload,
  uploadMultipart,
} from '../testing/files.ts'

const start = () => startForTest({ projects })
const hourMs = 3_600_000

async function createMany(fake: FakeGemini, count: number): Promise<void> {
  for (let index = 1; index <= count; index += 1) await create(fake, { name: `files/f${index}` })
}

const denied = (id: string) => ({
  status: 403,
  json: {
    error: {
      code: 403,
      message: `You do not have permission to access the File ${id} or it may not exist.`,
      status: 'PERMISSION_DENIED',
    },
  },
})

describe('files', () => {
  test('are those of the project: all its keys have them, others do not', async () => {
    const fake = await start()
    await create(fake, { name: 'files/mine' })
    expect((await page(fake, '', other)).names).toEqual(['files/mine'])
    expect((await get(fake, '/v1/files/mine', other)).json).toMatchObject({ name: 'files/mine' })
    expect(await page(fake, '', foreign)).toMatchObject({ text: '{}\n', names: [] })
    expect(await get(fake, '/v1beta/files/mine', foreign)).toMatchObject(denied('mine'))
    expect(await remove(fake, 'files/mine', foreign)).toMatchObject(denied('mine'))
    expect(await remove(fake, 'files/mine', other)).toMatchObject({ status: 200, text: '{}\n' })
  })

  test('that do not exist or were deleted are denied like those of others', async () => {
    const fake = await start()
    await create(fake, { name: 'files/mine' })
    await remove(fake, 'files/mine')
    for (const id of ['mine', 'never', 'UPPER', '%41']) {
      const shown = decodeURIComponent(id)
      expect(await get(fake, `/v1beta/files/${id}`)).toMatchObject(denied(shown))
      expect(await remove(fake, `files/${id}`)).toMatchObject(denied(shown))
    }
    expect((await page(fake)).names).toEqual([])
    expect(fileIn(await create(fake, { name: 'files/mine' })).name).toBe('files/mine')
  })

  test('may have the same name in two projects', async () => {
    const fake = await start()
    await create(fake, { name: 'files/same', displayName: 'one' })
    const second = await create(fake, { name: 'files/same', displayName: 'two' }, foreign)
    expect(fileIn(second).displayName).toBe('two')
    expect((await get(fake, '/v1beta/files/same')).json).toMatchObject({ displayName: 'one' })
  })

  test('have Google’s fields, with times by the server’s clock', async () => {
    const fake = await start()
    fake.setTime(Date.UTC(2026, 10, 22, 10))
    const upload = await uploadMultipart(fake)
    const time = (day: number) =>
      expect.stringMatching(new RegExp(`^2026-11-${day}T10:00:0\\d\\.\\d{6}Z$`))
    const { name } = fileIn(upload)
    expect(fileIn(upload)).toEqual({
      name,
      displayName: 'a',
      mimeType: 'text/plain',
      sizeBytes: '5',
      createTime: time(22),
      updateTime: time(22),
      expirationTime: time(24),
      sha256Hash: expect.stringMatching(/^[A-Za-z0-9+/]{86}==$/),
      uri: `https://generativelanguage.googleapis.com/v1beta/${name}`,
      state: 'ACTIVE',
      source: 'UPLOADED',
    })
  })

  test('expire after 48 hours: then they are denied, and their names are free', async () => {
    const fake = await start()
    await create(fake, { name: 'files/mine' })
    fake.advance(48 * hourMs - 60_000)
    expect((await page(fake)).names).toEqual(['files/mine'])
    fake.advance(60_000)
    expect((await page(fake)).names).toEqual([])
    expect((await get(fake, '/v1beta/files/mine')).status).toBe(403)
    expect((await create(fake, { name: 'files/mine' })).status).toBe(200)
  })

  test('that are videos are processed for a while, all others are active at once', async () => {
    const fake = await start()
    const video = fileIn(await create(fake, { mimeType: 'video/mp4' }))
    expect(video).toMatchObject({ state: 'PROCESSING' })
    expect(video).not.toHaveProperty('videoMetadata')
    fake.advance(5_000)
    expect((await get(fake, `/v1beta/${video.name}`)).json).toMatchObject({
      state: 'ACTIVE',
      videoMetadata: { videoDuration: expect.stringMatching(/^\d+s$/) },
    })
  })

  test('use no quota of any model, and work with keys that may not generate', async () => {
    const fake = await startForTest({
      projects: [{ id: 'p', keys: [key], quotas: { '*': { rpm: 0, rpd: 0 } } }],
    })
    for (const state of ['ok', 'prepay-depleted', 'spending-cap', 'free-tier-country'] as const) {
      fake.setKeyState(key, state)
      expect((await create(fake)).status).toBe(200)
      expect((await page(fake)).status).toBe(200)
    }
  })

  test.each(['blocked', 'suspended', 'leaked', 'invalid', 'service-disabled', 'location'] as const)(
    'are refused to a key that is %s',
    async (state) => {
      const fake = await start()
      fake.setKeyState(key, state)
      const statuses = [
        (await page(fake)).status,
        (await create(fake)).status,
        (await startUpload(fake)).status,
      ]
      expect(statuses.every((status) => status === 400 || status === 403)).toBe(true)
    },
  )

  test('are not found at other methods and paths', async () => {
    const fake = await start()
    const send = (method: string, path: string) =>
      sendRequest(fake, { method, path, headers: { 'x-goog-api-key': key } })
    const calls = ['PATCH /v1beta/files/a', 'DELETE /v1beta/files', 'POST /v1beta/files/a']
    const more = ['POST /v1beta/files/a:download', 'POST /v1beta/files/a:copy', 'POST /v2/files']
    for (const call of [...calls, ...more]) {
      const [method = '', path = ''] = call.split(' ')
      expect((await send(method, path)).status).toBe(404)
    }
    expect((await get(fake, '/v1beta/files/a/b')).status).toBe(404)
    expect((await get(fake, '/download/v1beta/files')).status).toBe(404)
  })

  test('may have 20 GB together in a project, and 2 GB each', async () => {
    const fake = await start()
    for (let count = 0; count < 10; count += 1) {
      fake.addGeneratedFile('p', { sizeBytes: 2_000_000_000 })
    }
    expect(await uploadMultipart(fake)).toMatchObject({
      status: 429,
      json: { error: { status: 'RESOURCE_EXHAUSTED' } },
    })
    expect((await uploadMultipart(fake, { apiKey: foreign })).status).toBe(200)
    await remove(fake, fake.files('p')[0]?.name ?? '')
    expect((await uploadMultipart(fake)).status).toBe(200)
    fake.advance(48 * hourMs)
    expect((await startUpload(fake, { size: 2_000_000_000 })).status).toBe(200)
  })
})

describe('the name of a new file', () => {
  test.each(['files/a', 'files/0-1', `files/${'a'.repeat(40)}`])('may be %s', async (name) => {
    expect(fileIn(await create(await start(), { name })).name).toBe(name)
  })

  test.each([
    'files/',
    'a',
    'Files/a',
    'files/A',
    'files/a_b',
    'files/-a',
    'files/a-',
    'files/ä',
    'files/a/b',
    `files/${'a'.repeat(41)}`,
  ])('may not be %s', async (name) => {
    const { json } = await create(await start(), { name })
    expect(json.error).toMatchObject({ code: 400, status: 'INVALID_ARGUMENT' })
    expect(json.error?.message).toMatch(/^\* CreateFileRequest\.file\.name: /)
  })

  test('may not be taken', async () => {
    const fake = await start()
    await create(fake, { name: 'files/a' })
    for (const taken of [
      await create(fake, { name: 'files/a' }, other),
      await uploadMultipart(fake, {
        body: multipartBody({ metadata: '{"file":{"name":"files/a"}}' }),
      }),
    ]) {
      expect(taken).toMatchObject({ status: 409, json: { error: { status: 'ALREADY_EXISTS' } } })
    }
  })
})

test('metadata may be empty, has no unknown fields, and a display name of 512 characters at most', async () => {
  const fake = await start()
  const send = (body: string) =>
    sendRequest(fake, { path: '/v1beta/files', headers: { 'x-goog-api-key': key }, body })
  for (const body of ['', '{}', '{"file":null}', '{"file":{"name":"","display_name":null}}']) {
    expect((await send(body)).status).toBe(200)
  }
  const unknown = await send('{"file":{"colour":"red"}}')
  expect(unknown.json.error?.message).toBe(
    'Invalid JSON payload received. Unknown name "colour" at \'file\': Cannot find field.',
  )
  for (const body of ['[]', '1', '{"file":[]}', '{"file":{"name":1}}', '{"name":"files/a"}']) {
    expect((await send(body)).status).toBe(400)
  }
  expect((await create(fake, { displayName: 'x'.repeat(512) })).status).toBe(200)
  expect((await create(fake, { displayName: 'x'.repeat(513) })).status).toBe(400)
})

describe('the list of files', () => {
  test('has the newest first, in pages', async () => {
    const fake = await start()
    await createMany(fake, 7)
    expect(await allNames(fake)).toEqual([
      ['files/f7', 'files/f6', 'files/f5'],
      ['files/f4', 'files/f3', 'files/f2'],
      ['files/f1'],
    ])
    expect(await allNames(fake, { size: 7 })).toHaveLength(1)
  })

  test('has 10 files a page, or as many as asked, at most 100', async () => {
    const fake = await startForTest({
      projects: [{ id: 'p', keys: [key], files: { foreign: 120 } }],
    })
    const lengths = []
    for (const query of ['', '?pageSize=0', '?page_size=1', '?pageSize=100', '?pageSize=1000']) {
      lengths.push((await page(fake, query)).names.length)
    }
    expect(lengths).toEqual([10, 10, 1, 100, 100])
  })

  test('goes on where it was when files come and go', async () => {
    const fake = await start()
    await createMany(fake, 6)
    const first = await page(fake, '?pageSize=2')
    await create(fake, { name: 'files/new' })
    await remove(fake, 'files/f5')
    await remove(fake, 'files/f3')
    const second = await page(fake, `?pageSize=2&pageToken=${first.next}`)
    expect([first.names, second.names]).toEqual([
      ['files/f6', 'files/f5'],
      ['files/f4', 'files/f2'],
    ])
  })

  test('takes tokens of its own project only', async () => {
    const fake = await start()
    await createMany(fake, 3)
    const { next } = await page(fake, '?pageSize=1')
    expect((await page(fake, `?pageToken=${next}`, other)).status).toBe(200)
    for (const [token, apiKey] of [
      [next, foreign],
      ['x', key],
      [`${next}A`, key],
      [Buffer.from('files 1 x 0').toString('base64url'), key],
    ] as const) {
      const { status, text } = await page(fake, `?pageToken=${token}`, apiKey)
      expect(status).toBe(400)
      expect(text).toContain('Page token is not valid.')
    }
  })

  test.each([
    ['?pageSize=abc', 'Invalid value at \'page_size\' (TYPE_INT32), "abc"'],
    ['?pageSize=9999999999', 'Invalid value at \'page_size\' (TYPE_INT32), "9999999999"'],
    ['?pageSize=-1', '* ListFilesRequest.page_size: page_size must not be negative\n'],
    [
      '?filter=x',
      'Invalid JSON payload received. Unknown name "filter": Cannot bind query parameter. Field \'filter\' could not be found in request message.',
    ],
  ])('refuses %s', async (query, message) => {
    const { json } = await get(await start(), `/v1beta/files${query}`)
    expect(json.error).toMatchObject({ code: 400, status: 'INVALID_ARGUMENT', message })
  })

  test('takes the general parameters of the API, as all other calls do', async () => {
    const fake = await start()
    expect((await page(fake, '?alt=json&prettyPrint=false&fields=files')).status).toBe(200)
    await create(fake, { name: 'files/a' })
    expect((await get(fake, '/v1beta/files/a?alt=json')).status).toBe(200)
    expect((await get(fake, '/v1beta/files/a?pageSize=1')).status).toBe(400)
  })
})

describe('a generated file', () => {
  test('can be downloaded by its project', async () => {
    const fake = await start()
    const name = fake.addGeneratedFile('p', { mimeType: 'video/mp4', text: 'film', sizeBytes: 10 })
    for (const prefix of ['/v1beta', '/download/v1beta']) {
      const { status, text, headers } = await get(fake, `${prefix}/${name}:download?alt=media`)
      expect({ status, text }).toEqual({ status: 200, text: 'filmfilmfi' })
      expect(headers.get('content-type')).toBe('video/mp4')
      expect(headers.get('content-length')).toBe('10')
    }
    expect(await get(fake, `/v1beta/${name}:download?alt=media`, foreign)).toMatchObject({
      status: 403,
    })
    expect((await get(fake, `/v1beta/${name}:download`)).text).toBe('{}\n')
    expect((await get(fake, `/v1beta/${name}`)).json).toMatchObject({
      source: 'GENERATED',
      downloadUri: `https://generativelanguage.googleapis.com/v1beta/${name}:download?alt=media`,
    })
  })

  test('may be larger than what is kept of it', async () => {
    const fake = await start()
    const sizeBytes = 3_000_001
    const name = fake.addGeneratedFile('p', { text: 'abc', sizeBytes })
    const { text } = await get(fake, `/v1beta/${name}:download?alt=media`)
    expect(text).toBe('abc'.repeat(1_000_001).slice(0, sizeBytes))
  })

  test('is the only kind that can be downloaded', async () => {
    const fake = await start()
    const { name } = fileIn(await uploadMultipart(fake))
    const { status, json } = await get(fake, `/v1beta/${name}:download?alt=media`)
    expect(status).toBe(400)
    expect(json.error?.message).toContain('Only generated files can be downloaded.')
  })
})

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

test('calls are counted by key and project', async () => {
  const fake = await start()
  await create(fake, { name: 'files/a' })
  await uploadMultipart(fake, { apiKey: other })
  await startUpload(fake, { apiKey: foreign })
  await page(fake)
  await get(fake, '/v1beta/files/a')
  await get(fake, '/v1beta/files/a:download', other)
  await remove(fake, 'files/never')
  await page(fake, '', 'AQ.unknown')
  const none = { lists: 0, gets: 0, uploads: 0, deletes: 0, downloads: 0, refused: 0 }
  const counts = {
    byKey: {
      [key]: { ...none, uploads: 1, lists: 1, gets: 1, deletes: 1, refused: 1 },
      [other]: { ...none, uploads: 1, downloads: 1, refused: 1 },
      [foreign]: { ...none, uploads: 1 },
    },
    byProject: {
      p: { lists: 1, gets: 1, uploads: 2, deletes: 1, downloads: 1, refused: 2 },
      q: { ...none, uploads: 1 },
    },
  }
  expect(fake.fileCalls()).toEqual(counts)
  const shown = await get(fake, '/_fake/files')
  expect(shown.json['calls']).toEqual(counts)
  fake.clearReceived()
  expect(fake.fileCalls()).toEqual({ byKey: {}, byProject: {} })
})
