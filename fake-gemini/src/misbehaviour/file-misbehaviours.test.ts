import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { foreignFileMark } from '../files/store/prefill.ts'
import { key, sendRequest, startForTest } from '../testing/send-request.ts'
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
  sendCommand,
  startUpload,
  uploadMultipart,
} from '../testing/files.ts'
import { fileMisbehaviours } from './file-misbehaviours.ts'

/** A server whose first project misbehaves with files. */
async function start(...misbehaviours: string[]) {
  const fake = await startForTest({ projects, files: { chunkGranularity: 4 } })
  fake.setFileMisbehaviours({ project: 'p' }, misbehaviours)
  return fake
}

describe('the Files API', () => {
  test.each([
    ['refused', 403, 'PERMISSION_DENIED', undefined],
    ['service-disabled', 403, 'PERMISSION_DENIED', 'SERVICE_DISABLED'],
    ['blocked', 403, 'PERMISSION_DENIED', 'API_KEY_SERVICE_BLOCKED'],
    ['exhausted', 429, 'RESOURCE_EXHAUSTED', undefined],
    ['unavailable', 503, 'UNAVAILABLE', undefined],
  ])('can refuse every call of a project: %s', async (name, code, status, reason) => {
    const fake = await start(name)
    const refused = [
      await page(fake),
      await create(fake, {}, other),
      await uploadMultipart(fake),
      await startUpload(fake),
      await get(fake, '/v1beta/files/a'),
      await get(fake, '/v1beta/files/a:download'),
      await remove(fake, 'files/a'),
    ]
    for (const { text } of refused) {
      const { error }: { error: { details?: { reason: string }[] } } = JSON.parse(text)
      expect(error).toMatchObject({ code, status })
      expect(error.details?.find((detail) => 'reason' in detail)?.reason).toBe(reason)
    }
    expect(fake.received().every(({ verdict }) => verdict === `files:${name}`)).toBe(true)
    expect((await sendRequest(fake)).status).toBe(200)
    expect((await page(fake, '', foreign)).status).toBe(200)
    fake.setFileMisbehaviours({ project: 'p' }, [])
    expect((await page(fake)).status).toBe(200)
  })

  test('names the blocked method and the project in its error', async () => {
    const fake = await startForTest({ projects: [{ id: '123', keys: [key] }] })
    fake.setFileMisbehaviours({ key }, ['blocked'])
    const { json } = await get(fake, '/v1beta/files')
    expect(json.error?.message).toContain('FileService.ListFiles are blocked')
    expect(json.error?.details?.[0]).toMatchObject({ metadata: { consumer: 'projects/123' } })
  })

  test('can refuse one key of a project only', async () => {
    const fake = await start()
    fake.setFileMisbehaviours({ key }, ['refused'])
    expect((await page(fake)).status).toBe(403)
    expect((await page(fake, '', other)).status).toBe(200)
  })

  test.each([
    ['uploads-refused', [200, 403, 403, 403, 200]],
    ['lists-refused', [403, 200, 200, 200, 200]],
    ['deletes-refused', [200, 200, 200, 200, 403]],
  ])('can refuse some calls: %s', async (name, statuses) => {
    const fake = await start()
    await create(fake, { name: 'files/a' })
    fake.setFileMisbehaviours({ project: 'p' }, [name])
    const answers = [
      await page(fake),
      await create(fake),
      await uploadMultipart(fake),
      await startUpload(fake),
      await remove(fake, 'files/a'),
    ]
    expect(answers.map(({ status }) => status)).toEqual(statuses)
  })

  test('can fail for the first calls, counted anew each time it is requested', async () => {
    const fake = await start('unavailable-first-2')
    const statuses = async () => [
      (await page(fake)).status,
      (await create(fake)).status,
      (await page(fake)).status,
    ]
    expect(await statuses()).toEqual([503, 503, 200])
    fake.setFileMisbehaviours({ project: 'p' }, ['unavailable-first-2'])
    expect(await statuses()).toEqual([503, 503, 200])
    fake.setFileMisbehaviours({ project: 'p' }, ['exhausted-first'])
    expect(await statuses()).toEqual([429, 200, 200])
  })

  test('can be slow', async () => {
    const fake = await start('slow-list-60000', 'slow-upload-60000')
    const left = new AbortController()
    const calls = ['GET /v1beta/files', 'POST /v1beta/files', 'POST /upload/v1beta/files']
    const headers = { 'x-goog-api-key': key, 'x-goog-upload-protocol': 'multipart' }
    const pending = calls.map((call) => {
      const [method = '', path = ''] = call.split(' ')
      return fetch(fake.url + path, { method, headers, signal: left.signal }).catch(() => 'left')
    })
    await expect.poll(() => fake.activeCalls()).toBe(3)
    expect((await get(fake, '/v1beta/files/a')).status).toBe(403)
    left.abort()
    expect(await Promise.all(pending)).toEqual(['left', 'left', 'left'])
    expect(fake.files('p')).toEqual([])
  })
})

describe('a list', () => {
  test('can be behind: new files come later, deleted ones stay for a while', async () => {
    const fake = await start('list-behind-30000')
    await create(fake, { name: 'files/a' })
    expect((await page(fake)).names).toEqual([])
    expect((await get(fake, '/v1beta/files/a')).status).toBe(200)
    fake.advance(30_000)
    expect((await page(fake)).names).toEqual(['files/a'])
    await remove(fake, 'files/a')
    expect((await page(fake)).names).toEqual(['files/a'])
    expect((await get(fake, '/v1beta/files/a')).status).toBe(403)
    fake.advance(30_000)
    expect((await page(fake)).names).toEqual([])
  })

  test('can begin with empty pages', async () => {
    const fake = await start('empty-pages-2')
    await create(fake, { name: 'files/a' })
    expect(await allNames(fake)).toEqual([[], [], ['files/a']])
  })

  test('can repeat files', async () => {
    const fake = await start('overlapping-pages')
    for (const name of ['files/a', 'files/b', 'files/c']) await create(fake, { name })
    expect(await allNames(fake, { size: 2 })).toEqual([
      ['files/c', 'files/b'],
      ['files/b', 'files/a'],
    ])
    expect(await allNames(fake, { size: 1 })).toHaveLength(3)
  })

  test('can go on for ever', async () => {
    const fake = await start('endless-pages')
    await create(fake, { name: 'files/a' })
    expect(await allNames(fake, { limit: 5 })).toEqual(Array.from({ length: 5 }, () => ['files/a']))
  })

  test('can have files of others, with names that are easy to find', async () => {
    const fake = await startForTest({
      projects: [{ id: 'p', keys: [key], files: { foreign: 250 } }],
    })
    await create(fake, { name: 'files/mine' })
    fake.addForeignFiles('p', 5)
    const names = (await allNames(fake, { size: 100 })).flat()
    expect(names).toHaveLength(256)
    expect(new Set(names).size).toBe(256)
    expect(names.indexOf('files/mine')).toBe(5)
    const { files } = await page(fake)
    expect(files[0]?.name).toContain(`files/${foreignFileMark}`)
    expect(files[0]?.displayName).toContain(foreignFileMark)
  })
})

describe('an upload', () => {
  test('can be accepted and never listed', async () => {
    const fake = await start('never-listed')
    const { url } = await startUpload(fake)
    const name = fileIn(await sendCommand(url, { command: 'finalize' })).name
    const more = [fileIn(await create(fake)).name, fileIn(await uploadMultipart(fake)).name]
    expect((await page(fake)).names).toEqual([])
    expect((await get(fake, `/v1beta/${name}`)).status).toBe(200)
    expect(fake.files('p').map((file) => file.name)).toEqual([more[1], more[0], name])
  })

  test('can lose its connection in the middle, and go on from the blocks that arrived', async () => {
    const fake = await start('cut-upload-first-1')
    const { url } = await startUpload(fake, { size: 12 })
    const send = (offset: number) =>
      sendCommand(url, {
        command: 'upload, finalize',
        offset,
        bytes: '0123456789ab'.slice(offset),
      })
    await expect(send(0)).rejects.toThrow()
    const { received } = await sendCommand(url, { command: 'query' })
    expect(received).toBe('4')
    expect(fileIn(await send(4)).sizeBytes).toBe('12')
  })

  test('can lose its connection in a multipart body', async () => {
    const fake = await start('cut-upload-first-1')
    const body = multipartBody({ bytes: 'x'.repeat(1000) })
    await expect(uploadMultipart(fake, { body })).rejects.toThrow()
    expect(fake.files('p')).toEqual([])
    expect((await uploadMultipart(fake, { body })).status).toBe(200)
  })

  test('can end in a file that is not usable', async () => {
    const fake = await start('processing-fails')
    const { name } = fileIn(await create(fake, { mimeType: 'video/mp4' }))
    fake.advance(5_000)
    expect((await get(fake, `/v1beta/${name}`)).json).toMatchObject({
      state: 'FAILED',
      error: { code: 13, message: expect.any(String) },
    })
  })
})

test('a download can be redirected to its other address', async () => {
  const fake = await start('redirect-download')
  const name = fake.addGeneratedFile('p', { text: 'film' })
  const url = `${fake.url}/v1beta/${name}:download?alt=media`
  const headers = { 'x-goog-api-key': key }
  const first = await fetch(url, { headers, redirect: 'manual' })
  expect([first.status, first.headers.get('location')]).toEqual([
    302,
    `${fake.url}/download/v1beta/${name}:download?alt=media`,
  ])
  expect(await (await fetch(url, { headers })).text()).toBe('film')
})

describe('a misbehaviour of files', () => {
  test('may be requested through the control API, and with a new project', async () => {
    const fake = await start()
    const control = (name: string, body: object) =>
      sendRequest(fake, { path: `/_fake/${name}`, headers: {}, body })
    await control('files', { key, misbehaviours: ['refused'] })
    expect((await page(fake)).status).toBe(403)
    await control('files', { key, misbehaviours: [] })
    await control('files', { project: 'p', misbehaviours: ['empty-pages'] })
    expect((await page(fake)).next).toEqual(expect.any(String))
    const files = { foreign: 3, misbehaviours: ['uploads-refused'] }
    await control('projects', { id: 'new', keys: ['AQ.new'], files })
    expect((await page(fake, '', 'AQ.new')).names).toHaveLength(3)
    expect((await create(fake, {}, 'AQ.new')).status).toBe(403)
    await control('foreign-files', { project: 'q', count: 2 })
    const { json } = await control('generated-files', { project: 'q', text: 'film' })
    expect((await page(fake, '', foreign)).names[0]).toBe(json['name'])
    const shown = await get(fake, '/_fake/files')
    expect(shown.json['files']).toMatchObject({ q: [{}, {}, {}], new: [{}, {}, {}] })
  })

  test.each([
    ['files', { misbehaviours: ['refused'] }, 'Give key or project'],
    ['files', { key, project: 'p', misbehaviours: [] }, 'Give key or project'],
    ['files', { key, misbehaviours: 'refused' }, 'Give misbehaviours, a list'],
    ['files', { key, misbehaviours: ['sad'] }, '"sad" is not a misbehaviour of files. Use some of'],
    ['foreign-files', { project: 'p', count: 0 }, 'Give count'],
    ['foreign-files', { project: 'nobody', count: 1 }, 'There is no project "nobody".'],
    ['generated-files', {}, 'Give project'],
  ])('that is wrong is explained: %s %o', async (name, body, text) => {
    const fake = await start()
    const answer = await sendRequest(fake, { path: `/_fake/${name}`, headers: {}, body })
    expect(answer.status).toBe(400)
    expect(answer.json.error).toContain(text)
  })

  test('is listed in the README, row by row, with its description', () => {
    const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8')
    for (const { name, description, count } of fileMisbehaviours) {
      const shown = count ? `${name}-N` : name
      const row = readme.split('\n').find((line) => line.startsWith(`| \`${shown}\` `))
      expect(row).toContain(description)
    }
  })

  test('has a unique name and a description', () => {
    const names = new Set(fileMisbehaviours.map(({ name }) => name))
    expect(names.size).toBe(fileMisbehaviours.length)
    expect(fileMisbehaviours.every(({ description }) => description.endsWith('.'))).toBe(true)
  })
})
