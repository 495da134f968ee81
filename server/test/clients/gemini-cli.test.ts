import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { clientToken, healthyProjects, useGateway } from '../support/gateway.ts'
import { clientsFolder, clientsNode } from './client.ts'

const gateway = useGateway({ fake: { projects: healthyProjects(2) } })
const program = `${clientsFolder}node_modules/@google/gemini-cli/bundle/gemini.js`
const model = 'gemini-3.8-flash'

const settings = {
  // With a base URL it takes another kind of authentication by itself, and then refuses it.
  security: { auth: { selectedType: 'gemini-api-key' } },
  privacy: { usageStatisticsEnabled: false },
  general: { enableAutoUpdate: false, enableAutoUpdateNotification: false },
}

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gemini-cli-'))
  await mkdir(join(folder, '.gemini'))
  await writeFile(join(folder, '.gemini/settings.json'), JSON.stringify(settings))
  await writeFile(join(folder, 'notes.txt'), 'The train leaves at nine.')
})
afterAll(() => rm(folder, { recursive: true, force: true }))

type Ended = { readonly code: unknown; readonly output: string; readonly errors: string }

/** Runs gemini-cli once in the folder, as in a script. */
function gemini(prompt: string, baseUrl = gateway.url): Promise<Ended> {
  const options = {
    cwd: folder,
    env: {
      PATH: process.env['PATH'] ?? '',
      HOME: folder,
      GEMINI_API_KEY: clientToken,
      GOOGLE_GEMINI_BASE_URL: baseUrl,
      GEMINI_CLI_TRUST_WORKSPACE: 'true',
    },
  }
  return new Promise((resolve) => {
    const args = [program, '--output-format', 'json', '--model', model, '-p', prompt]
    const child = execFile(clientsNode, args, options, (error, output, errors) => {
      resolve({ code: error?.code ?? 0, output, errors })
    })
    child.stdin?.end()
  })
}

test('answers a prompt', async () => {
  const ended = await gemini('Say hello')
  console.log(ended)
  for (const c of gateway.fake.received())
    console.log(
      c.method,
      c.path,
      c.query,
      c.status,
      c.verdict,
      c.bodyText.slice(0, 600),
      c.bodyText.length,
    )
  expect(ended).toMatchObject({ code: 0 })
}, 100000)
