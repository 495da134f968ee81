import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, inject, test } from 'vitest'
import { clientToken, healthyProjects, useGateway } from '../support/gateway.ts'
import { clientsFolder } from './client.ts'

const gateway = useGateway({ fake: { projects: healthyProjects(2) } })
const program = `${clientsFolder}node_modules/@google/gemini-cli/bundle/gemini.js`
const model = 'gemini-3.8-flash'

const settings = {
  // With a base URL it takes another kind of authentication by itself, and then refuses it.
  security: { auth: { selectedType: 'gemini-api-key' } },
  privacy: { usageStatisticsEnabled: false },
  // It would be downloaded.
  tools: { useRipgrep: false },
  general: { enableAutoUpdate: false, enableAutoUpdateNotification: false },
}

let folder = ''
beforeEach(() => gateway.fake.clearReceived())
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gemini-cli-'))
  await mkdir(join(folder, '.gemini'))
  await writeFile(join(folder, '.gemini/settings.json'), JSON.stringify(settings))
  await writeFile(join(folder, 'notes.txt'), 'The train leaves at nine.')
})
afterAll(() => rm(folder, { recursive: true, force: true }))

type Ended = { readonly code: number; readonly output: string; readonly errors: string }

/** Runs gemini-cli once in the folder, as a script does. */
function gemini(prompt: string, { baseUrl = gateway.url, key = clientToken } = {}): Promise<Ended> {
  const args = [program, '--output-format', 'json', '--model', model, '-p', prompt]
  const env = {
    PATH: process.env['PATH'] ?? '',
    HOME: folder,
    GEMINI_API_KEY: key,
    GOOGLE_GEMINI_BASE_URL: baseUrl,
    GEMINI_CLI_TRUST_WORKSPACE: 'true',
    GEMINI_CLI_NO_RELAUNCH: 'true',
  }
  const node = inject('clientsNode')
  return new Promise((resolve) => {
    const child = execFile(node, args, { cwd: folder, env }, (error, output, errors) => {
      resolve({ code: error === null ? 0 : Number(error.code), output, errors })
    })
    child.stdin?.end()
  })
}

const responseOf = ({ output }: Ended): string => JSON.parse(output).response

test.each(['', '/gemini'])('gemini-cli answers a prompt below %j', async (path) => {
  const ended = await gemini('Say hello', { baseUrl: gateway.url + path })
  expect(ended).toMatchObject({ code: 0 })
  expect(responseOf(ended)).toContain('You said: ')
  expect(gateway.fake.received()).toMatchObject([{ model, action: 'streamGenerateContent' }])
  expect(gateway.fake.received()[0]?.bodyText).toContain('Say hello')
})

const callsReadFile = {
  functionCall: { id: 'a', name: 'read_file', args: { file_path: 'notes.txt' } },
  thoughtSignature: 'skip_thought_signature_validator',
}
/** The only chunk of a stream in which the model reads a file. */
const readsFile = JSON.stringify({
  candidates: [
    { content: { role: 'model', parts: [callsReadFile] }, finishReason: 'STOP', index: 0 },
  ],
  usageMetadata: { promptTokenCount: 1, totalTokenCount: 2 },
  modelVersion: model,
})

test('gemini-cli reads a file when the model calls its tool, and sends back what is in it', async () => {
  gateway.fake.script({
    path: `/v1beta/models/${model}:streamGenerateContent`,
    times: 1,
    headers: { 'content-type': 'text/event-stream' },
    body: `data: ${readsFile}\r\n\r\n`,
  })
  const ended = await gemini('What do my notes say?')
  expect(ended).toMatchObject({ code: 0 })
  expect(responseOf(ended)).toMatch(/^read_file answered .*The train leaves at nine/)
  expect(gateway.fake.received()).toHaveLength(2)
})

test('gemini-cli says why it is not let in', async () => {
  const ended = await gemini('Say hello', { key: 'wrong' })
  expect(ended.code).not.toBe(0)
  expect(ended.errors).toContain('The token is not valid for this gateway')
  expect(gateway.fake.received()).toEqual([])
})
