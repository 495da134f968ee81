import { describe, expect, test } from 'vitest'
import type { FakeGemini } from '../../fake-gemini.ts'
import { key, startForTest } from '../../testing/send-request.ts'
import {
  allNames,
  create,
  foreign,
  get,
  other,
  page,
  projects,
  remove,
} from '../../testing/files.ts'

const start = () => startForTest({ projects })

async function createMany(fake: FakeGemini, count: number): Promise<void> {
  for (let index = 1; index <= count; index += 1) await create(fake, { name: `files/f${index}` })
}

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
