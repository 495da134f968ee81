import { createHash } from 'node:crypto'
import { Agent, request } from 'node:http'
import { describe, expect, test } from 'vitest'
import { key, startForTest } from '../../testing/send-request.ts'
import {
  create,
  fileIn,
  foreign,
  get,
  multipartBody,
  other,
  projects,
  sendCommand,
  startUpload,
  uploadMultipart,
} from '../../testing/files.ts'

const chunkGranularity = 4
const start = () => startForTest({ projects, files: { chunkGranularity } })

const hashOf = (text: string): string =>
  Buffer.from(createHash('sha256').update(text).digest('hex')).toString('base64')

describe('a resumable upload', () => {
  test('takes its bytes in chunks and ends in a file', async () => {
    const fake = await start()
    const begun = await startUpload(fake, { file: { displayName: 'Ä' }, size: 10 })
    expect(begun).toMatchObject({ status: 200, text: '' })
    expect(begun.headers.get('content-type')).toBe('text/plain; charset=utf-8')
    expect(begun.headers.get('x-goog-upload-status')).toBe('active')
    expect(begun.headers.get('x-goog-upload-chunk-granularity')).toBe('4')
    expect(begun.url).toMatch(
      new RegExp(
        `^${fake.url}/upload/v1beta/files\\?upload_id=[a-z0-9]{64}&upload_protocol=resumable$`,
      ),
    )
    const { url } = begun
    const first = await sendCommand(url, { command: 'upload', offset: 0, bytes: '01234567' })
    expect(first).toMatchObject({ status: 200, state: 'active', received: '8', text: '' })
    const last = await sendCommand(url, { command: 'upload, finalize', offset: 8, bytes: '89' })
    expect(last).toMatchObject({ status: 200, state: 'final', received: null })
    expect(fileIn(last)).toMatchObject({
      name: expect.stringMatching(/^files\/[a-z0-9]{12}$/),
      displayName: 'Ä',
      mimeType: 'text/plain',
      sizeBytes: '10',
      sha256Hash: hashOf('0123456789'),
      state: 'ACTIVE',
      source: 'UPLOADED',
    })
    expect((await get(fake, `/v1beta/${fileIn(last).name}`)).json).toEqual(fileIn(last))
  })

  test('may have no bytes, and may be finalized without any', async () => {
    const fake = await start()
    const { url } = await startUpload(fake)
    const file = fileIn(await sendCommand(url, { command: 'finalize' }))
    expect(file).not.toHaveProperty('sizeBytes')
    expect(file.sha256Hash).toBe(hashOf(''))
  })

  test('says at any time how much it has, and after its end also the file', async () => {
    const fake = await start()
    const { url } = await startUpload(fake)
    const query = () => sendCommand(url, { command: 'query' })
    expect(await query()).toMatchObject({ status: 200, state: 'active', received: '0' })
    await sendCommand(url, { command: 'upload', offset: 0, bytes: '0123' })
    expect(await query()).toMatchObject({ state: 'active', received: '4', text: '' })
    const last = await sendCommand(url, { command: 'upload, finalize', offset: 4, bytes: '4' })
    const after = await query()
    expect(after.state).toBe('final')
    expect(after.json).toEqual(last.json)
  })

  test('ends when it is cancelled, and makes no file', async () => {
    const fake = await start()
    const { url } = await startUpload(fake)
    expect(await sendCommand(url, { command: 'cancel' })).toMatchObject({ state: 'cancelled' })
    for (const command of ['upload', 'upload, finalize', 'cancel']) {
      expect(await sendCommand(url, { command, offset: 0, bytes: 'x' })).toMatchObject({
        status: 400,
        text: 'Upload has already been terminated.',
        state: 'cancelled',
      })
    }
    expect(await sendCommand(url, { command: 'query' })).toMatchObject({ state: 'cancelled' })
    expect(fake.files('p')).toEqual([])
  })

  test('cannot go on after its end', async () => {
    const fake = await start()
    const { url } = await startUpload(fake)
    await sendCommand(url, { command: 'upload, finalize', offset: 0, bytes: 'x' })
    const again = await sendCommand(url, { command: 'upload, finalize', offset: 0, bytes: 'x' })
    expect(again).toMatchObject({ status: 400, state: 'final' })
    expect(fake.files('p')).toHaveLength(1)
  })

  test.each([
    ['a wrong offset', { command: 'upload', offset: 4, bytes: 'abcd' }],
    ['no offset', { command: 'upload', bytes: 'abcd' }],
    ['an offset that is no number', { command: 'upload', offset: -1, bytes: 'abcd' }],
    [
      'a chunk that is no multiple of the granularity',
      { command: 'upload', offset: 0, bytes: 'abcde' },
    ],
    ['more bytes than declared', { command: 'upload', offset: 0, bytes: '0123456789ab' }],
    ['fewer bytes than declared at the end', { command: 'finalize' }],
    ['an unknown command', { command: 'upload, cancel', offset: 0, bytes: 'abcd' }],
    ['no command', { command: '', offset: 0, bytes: 'abcd' }],
    ['a command that every object has', { command: 'constructor' }],
  ])('refuses %s in plain text, and goes on from where it is', async (_, chunk) => {
    const fake = await start()
    const { url } = await startUpload(fake, { size: 8 })
    const refused = await sendCommand(url, chunk)
    expect(refused).toMatchObject({ status: 400, json: {} })
    const { received } = await sendCommand(url, { command: 'query' })
    const rest = 'abcdefgh'.slice(Number(received))
    const offset = Number(received)
    const last = await sendCommand(url, { command: 'upload, finalize', offset, bytes: rest })
    expect(fileIn(last).sha256Hash).toBe(hashOf('abcdefgh'))
  })

  test('keeps whole blocks of bytes when its connection breaks, and goes on from there', async () => {
    const fake = await start()
    const { url } = await startUpload(fake, { size: 12 })
    await new Promise<void>((resolve) => {
      const headers = {
        'x-goog-upload-command': 'upload, finalize',
        'x-goog-upload-offset': '0',
        'content-length': '12',
      }
      const sent = request(url, { method: 'POST', headers })
      sent.on('error', () => resolve())
      sent.write('0123456', () => setImmediate(() => sent.destroy(new Error('cut'))))
    })
    const query = async () => (await sendCommand(url, { command: 'query' })).received
    await expect.poll(query).toBe('4')
    const broken = () => fake.received().find(({ action }) => action === 'files.finalize')
    await expect.poll(broken).toMatchObject({ status: 0, closedByClient: true, verdict: 'ok' })
    const last = await sendCommand(url, {
      command: 'upload, finalize',
      offset: 4,
      bytes: '456789ab',
    })
    expect(fileIn(last).sha256Hash).toBe(hashOf('0123456789ab'))
  })

  test('belongs to the call that continued it last', async () => {
    const fake = await start()
    const { url } = await startUpload(fake, { size: 8 })
    const headers = {
      'x-goog-upload-command': 'upload, finalize',
      'x-goog-upload-offset': '0',
      'content-length': '8',
      expect: '100-continue',
    }
    const stalled = request(url, { method: 'POST', headers })
    const status = new Promise((resolve) => {
      stalled.on('response', (response) => resolve(response.statusCode))
      stalled.on('error', resolve)
    })
    await new Promise<void>((resolve) => stalled.on('continue', () => resolve()))
    stalled.write('01')
    const last = await sendCommand(url, {
      command: 'upload, finalize',
      offset: 0,
      bytes: 'abcdefgh',
    })
    stalled.end('234567')
    expect(await status).not.toBe(200)
    expect(fileIn(last).sha256Hash).toBe(hashOf('abcdefgh'))
    expect(fake.files('p')).toHaveLength(1)
  })

  test('is not continued by a call that ends after another one took its place', async () => {
    const fake = await start()
    const { url } = await startUpload(fake)
    const headers = { 'x-goog-upload-command': 'upload, finalize', 'x-goog-upload-offset': '0' }
    const stalled = request(url, { method: 'POST', headers })
    const status = new Promise((resolve) => {
      stalled.on('response', (response) => resolve(response.statusCode))
    })
    stalled.write('0123')
    const query = async () => (await sendCommand(url, { command: 'query' })).received
    await expect.poll(query).toBe('4')
    const last = await sendCommand(url, { command: 'upload, finalize', offset: 4, bytes: '4567' })
    stalled.end()
    expect(await status).toBe(409)
    expect(fileIn(last).sha256Hash).toBe(hashOf('01234567'))
    expect(fake.files('p')).toHaveLength(1)
  })

  test('needs no key after its start, and takes any key of its project', async () => {
    const fake = await start()
    const { url } = await startUpload(fake)
    await sendCommand(url, { command: 'upload', offset: 0, bytes: '0123' })
    await sendCommand(url, { command: 'upload', offset: 4, bytes: '4567', apiKey: other })
    const wrong = await sendCommand(url, { command: 'finalize', apiKey: foreign })
    expect(wrong).toMatchObject({ status: 403, json: { error: { status: 'PERMISSION_DENIED' } } })
    const several = await sendCommand(`${url}&key=AIza`, { command: 'finalize', apiKey: key })
    expect(several.status).toBe(400)
    const unknown = await sendCommand(url, { command: 'finalize', apiKey: 'AQ.unknown' })
    expect(unknown.status).toBe(400)
    expect((await sendCommand(url, { command: 'finalize' })).state).toBe('final')
    expect(fake.received().map(({ key, project }) => [key, project])).toEqual([
      [key, 'p'],
      [undefined, 'p'],
      [other, 'p'],
      [foreign, 'q'],
      [undefined, undefined],
      ['AQ.unknown', undefined],
      [undefined, 'p'],
    ])
  })

  test('is forgotten after a week', async () => {
    const fake = await start()
    const { url } = await startUpload(fake)
    fake.advance(7 * 24 * 3_600_000)
    expect(await sendCommand(url, { command: 'query' })).toMatchObject({ status: 404 })
    const invented = url.replace(/upload_id=\w+/, 'upload_id=x')
    expect(await sendCommand(invented, { command: 'query' })).toMatchObject({ status: 404 })
  })

  test('is refused at its start if its metadata is wrong, it is too large or its name is taken', async () => {
    const fake = await start()
    expect(await startUpload(fake, { file: { name: 'files/A' } })).toMatchObject({
      status: 400,
      url: '',
      json: { error: { message: expect.stringContaining('* CreateFileRequest.file.name: File') } },
    })
    expect((await startUpload(fake, { size: 2 ** 31 })).status).toBe(200)
    expect((await startUpload(fake, { size: 2 ** 31 + 1 })).status).toBe(400)
    await create(fake, { name: 'files/mine' })
    expect(await startUpload(fake, { file: { name: 'files/mine' } })).toMatchObject({
      status: 409,
      json: { error: { status: 'ALREADY_EXISTS' } },
    })
  })

  test('fails at its end if its name was taken meanwhile', async () => {
    const fake = await start()
    const { url } = await startUpload(fake, { file: { name: 'files/mine' } })
    await create(fake, { name: 'files/mine' })
    expect(await sendCommand(url, { command: 'finalize' })).toMatchObject({
      status: 409,
      state: 'cancelled',
      json: { error: { code: 409, status: 'ALREADY_EXISTS' } },
    })
  })

  test('is recorded with its metadata and the number of its bytes, not with the bytes', async () => {
    const fake = await start()
    const { url } = await startUpload(fake, { file: { displayName: 'a' } })
    const last = await sendCommand(url, { command: 'upload, finalize', offset: 0, bytes: 'secret' })
    expect(fake.received()).toMatchObject([
      { action: 'files.start', bodyText: '{"file":{"displayName":"a"}}', bodyBytes: 0 },
      { action: 'files.finalize', bodyText: '', bodyBytes: 6, file: fileIn(last).name },
    ])
  })
})

describe('a multipart upload', () => {
  test('makes a file in one call', async () => {
    const fake = await start()
    const metadata = '{"file": {"name": "files/mine", "display_name": "Ä"}}'
    const body = multipartBody({ metadata, bytes: 'a\r\n--c', type: 'image/png' })
    const file = fileIn(await uploadMultipart(fake, { body }))
    expect(file).toMatchObject({
      name: 'files/mine',
      displayName: 'Ä',
      mimeType: 'image/png',
      sizeBytes: '6',
      sha256Hash: hashOf('a\r\n--c'),
    })
    expect(fake.received()).toMatchObject([
      { action: 'files.upload', bodyText: metadata, bodyBytes: 6, file: 'files/mine' },
    ])
  })

  test('may be announced by a header', async () => {
    const fake = await start()
    const response = await fetch(`${fake.url}/upload/v1/files`, {
      method: 'POST',
      headers: {
        'x-goog-api-key': key,
        'x-goog-upload-protocol': 'multipart',
        'content-type': 'multipart/related; boundary="b"',
      },
      body: multipartBody(),
    })
    expect(await response.json()).toMatchObject({ file: { displayName: 'a', sizeBytes: '5' } })
  })

  test.each([
    ['no parts', 'hello'],
    ['one part', '--b\r\n\r\n{}\r\n--b--'],
    ['three parts', '--b\r\n\r\n{}\r\n--b\r\n\r\n\r\n--b\r\n\r\n\r\n--b--'],
    ['no end', multipartBody().slice(0, -8)],
  ])('with %s is malformed', async (_, body) => {
    const fake = await start()
    expect(await uploadMultipart(fake, { body })).toMatchObject({
      status: 400,
      text: 'Malformed multipart body.',
    })
    expect(fake.files('p')).toEqual([])
  })

  test('needs a boundary, and metadata that is right', async () => {
    const fake = await start()
    expect((await uploadMultipart(fake, { boundary: '' })).status).toBe(400)
    for (const metadata of ['{', '[]', '{"file":1}', '{"file":{"colour":"red"}}']) {
      const { json } = await uploadMultipart(fake, { body: multipartBody({ metadata }) })
      expect(json.error).toMatchObject({ code: 400, status: 'INVALID_ARGUMENT' })
    }
    expect(fake.files('p')).toEqual([])
  })
})

test('a refused body does not spoil its connection', async () => {
  const fake = await start()
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const send = (body: Buffer) =>
    new Promise((resolve, reject) => {
      const sent = request(
        `${fake.url}/upload/v1beta/files?uploadType=multipart`,
        {
          agent,
          method: 'POST',
          headers: { 'x-goog-api-key': key, 'content-type': 'multipart/related; boundary=b' },
        },
        (response) => response.resume().on('end', () => resolve(response.statusCode)),
      )
      sent.on('error', reject)
      sent.end(body)
    })
  expect(await send(Buffer.alloc(3_000_000, '--b\r\nx'))).toBe(400)
  expect(await send(Buffer.from(multipartBody()))).toBe(200)
  expect(fake.openConnections()).toBe(1)
  agent.destroy()
})

test('an upload address without a known protocol is refused, and other methods are not found', async () => {
  const fake = await start()
  const url = `${fake.url}/upload/v1beta/files`
  const headers = { 'x-goog-api-key': key }
  const sent = await fetch(url, { method: 'POST', headers, body: 'x' })
  expect([sent.status, await sent.text()]).toEqual([
    400,
    'Use X-Goog-Upload-Protocol resumable or multipart.',
  ])
  expect((await fetch(url, { headers })).status).toBe(404)
  expect((await fetch(`${url}/x`, { method: 'POST', headers })).status).toBe(404)
})
