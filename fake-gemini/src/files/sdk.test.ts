import { mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createPartFromUri, createUserContent, GoogleGenAI } from '@google/genai'
import { describe, expect, test } from 'vitest'
import { foreign, projects } from '../testing/files.ts'
import { key, startForTest } from '../testing/send-request.ts'

const model = 'gemini-3.8-flash'

async function start(apiKey = key) {
  const fake = await startForTest({ projects })
  const clientOf = (one: string) =>
    new GoogleGenAI({ apiKey: one, httpOptions: { baseUrl: fake.url } })
  return { fake, ai: clientOf(apiKey), clientOf }
}

const folder = () => mkdtemp(join(tmpdir(), 'fake-gemini-'))

describe('the official SDK', () => {
  test('uploads a blob, uses it, lists it, gets it and deletes it', async () => {
    const { ai, fake } = await start()
    const file = new Blob(['hello'], { type: 'text/plain' })
    const uploaded = await ai.files.upload({ file, config: { displayName: 'greeting' } })
    expect(uploaded).toMatchObject({ displayName: 'greeting', sizeBytes: '5', state: 'ACTIVE' })
    const { name = '', uri = '', mimeType = '' } = uploaded
    const contents = createUserContent(['Read', createPartFromUri(uri, mimeType)])
    expect((await ai.models.generateContent({ model, contents })).text).toBe('You said: Read')
    const names = []
    for await (const listed of await ai.files.list()) names.push(listed.name)
    expect(names).toEqual([name])
    expect(await ai.files.get({ name })).toMatchObject({ name, uri })
    await ai.files.delete({ name })
    await expect(ai.files.get({ name })).rejects.toMatchObject({ status: 403 })
    expect(fake.files('p')).toEqual([])
  })

  test('uploads a file of several chunks under its own name', async () => {
    const { ai, fake } = await start()
    const path = join(await folder(), 'large.bin')
    const size = 2 * 8_388_608 + 1
    await writeFile(path, Buffer.alloc(size, 'x'))
    const config = { name: 'large', mimeType: 'application/octet-stream' }
    const uploaded = await ai.files.upload({ file: path, config })
    expect(uploaded).toMatchObject({ name: 'files/large', sizeBytes: String(size) })
    expect(fake.received().map(({ action, bodyBytes }) => [action, bodyBytes])).toEqual([
      ['files.start', 0],
      ['files.chunk', 8_388_608],
      ['files.chunk', 8_388_608],
      ['files.finalize', 1],
    ])
  })

  test('lists more files than a page has', async () => {
    const { ai, fake } = await start()
    fake.addForeignFiles('p', 25)
    const names = new Set()
    for await (const listed of await ai.files.list({ config: { pageSize: 7 } })) {
      names.add(listed.name)
    }
    expect(names.size).toBe(25)
    expect(fake.fileCalls().byKey[key]?.lists).toBe(4)
  })

  test('downloads a generated file', async () => {
    const { ai, fake } = await start()
    const name = fake.addGeneratedFile('p', { text: 'film' })
    const downloadPath = join(await folder(), 'film.mp4')
    await ai.files.download({ file: name, downloadPath })
    await expect.poll(() => readFile(downloadPath, 'utf8')).toBe('film')
  })

  test('gets Google’s errors for names that are taken, wrong or of others', async () => {
    const { ai, clientOf } = await start()
    const file = new Blob(['x'], { type: 'text/plain' })
    await ai.files.upload({ file, config: { name: 'mine' } })
    await expect(ai.files.upload({ file, config: { name: 'mine' } })).rejects.toMatchObject({
      status: 409,
    })
    await expect(ai.files.upload({ file, config: { name: 'MINE' } })).rejects.toMatchObject({
      status: 400,
      message: expect.stringContaining('lowercase alphanumeric'),
    })
    await expect(clientOf(foreign).files.get({ name: 'mine' })).rejects.toMatchObject({
      status: 403,
      message: expect.stringContaining('You do not have permission to access the File mine'),
    })
  })
})
