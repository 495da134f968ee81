import { describe, expect, test } from 'vitest'
import { key, sendRequest, startForTest } from '../testing/send-request.ts'
import {
  create,
  denied,
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
