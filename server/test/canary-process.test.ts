import type { ChildProcess } from 'node:child_process'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { startFakeGemini } from '@gemini-balance/fake-gemini'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { useTemporaryFolder } from '../src/runtime/testing/temporary-folder.ts'
import { leaksOf } from './support/leaks.ts'
import { startProgram } from './support/program.ts'

/** One secret of every kind that a start is given. */
const canaries = {
  key: 'AIzaSyCanaryProcessProcessProcessProc42',
  newKey: 'AQ.Ab8CanaryProcessProcessProcessProcessProcess43xyz',
  clientToken: 'client/process+canary=0051&xy',
  adminToken: 'admin-process-canary-0052',
  metricsToken: 'metrics-process-canary-0053',
  customHeader: 'header-process-canary-0054',
  databasePassword: 'p@ss-of-process-canary-0055',
  encryptionKey: 'encryption-process-canary-0056',
  urlPassword: 'url-process-canary-0057',
} as const

const secrets = {
  API_KEYS: JSON.stringify([canaries.key, canaries.newKey]),
  ALLOWED_TOKENS: JSON.stringify([canaries.clientToken]),
  AUTH_TOKEN: canaries.adminToken,
  METRICS_TOKEN: canaries.metricsToken,
  CUSTOM_HEADERS: JSON.stringify({ 'x-egress': canaries.customHeader }),
  ENCRYPTION_KEY: canaries.encryptionKey,
  LOG_LEVEL: 'trace',
}

const folder = useTemporaryFolder()
let child: ChildProcess | undefined
let said = ''
beforeEach(() => {
  said = ''
})
afterEach(() => void child?.kill('SIGKILL'))

/** The program as it is started; all that it says is kept. Resolves with its exit code. */
function run(environment: Readonly<Record<string, string>>): Promise<number | null> {
  const started = startProgram(folder(), { ...secrets, ...environment })
  child = started
  const hear = (chunk: Buffer) => void (said += chunk.toString())
  started.stdout.on('data', hear)
  started.stderr.on('data', hear)
  return new Promise((resolve) => started.on('close', resolve))
}

describe('a start that fails tells no secret', () => {
  const mysql = { DATABASE_TYPE: 'mysql', MYSQL_HOST: '127.0.0.1', MYSQL_DATABASE: 'test' }
  const url = (start: string) =>
    `${start}://someone:${encodeURIComponent(canaries.urlPassword)}@127.0.0.1`
  test.each<[string, Record<string, string>]>([
    [
      'a database that refuses the password',
      { ...mysql, MYSQL_USER: 'nobody', MYSQL_PASSWORD: canaries.databasePassword },
    ],
    [
      'a database that is not there',
      { ...mysql, MYSQL_PORT: '1', MYSQL_USER: 'root', MYSQL_PASSWORD: canaries.databasePassword },
    ],
    ['a database address that leads nowhere', { DATABASE_URL: `${url('postgres')}:1/test` }],
    ['a database address of no known kind', { DATABASE_URL: `${url('oracle')}/test` }],
    ['a secret where a number belongs', { MAX_RETRIES: canaries.adminToken }],
    ['a secret where a list belongs', { ALLOWED_TOKENS: `["${canaries.clientToken}",3]` }],
    ['a secret where a map belongs', { CUSTOM_HEADERS: `{"a b":"${canaries.customHeader}"}` }],
    ['an address with a password and no protocol', { BASE_URL: url('gopher') }],
    ['a data folder named like a key', { DATA_DIR: `/dev/null/${canaries.key}` }],
  ])(
    '%s',
    async (_name, environment) => {
      expect(await run(environment)).toBe(1)
      expect(said.length).toBeGreaterThan(20)
      expect(leaksOf(canaries, said)).toEqual([])
    },
    60_000,
  )
})

test('a process that lives and is ended tells no secret, nor does what it leaves behind', async () => {
  const fake = await startFakeGemini({
    projects: [
      { id: 'one', tier: 'paid1', keys: [{ value: canaries.key, state: 'suspended' }] },
      { id: 'two', tier: 'paid1', keys: [{ value: canaries.newKey, state: 'leaked' }] },
    ],
  })
  const ended = run({ BASE_URL: `${fake.url}/v1beta`, QUEUE_MAX_WAIT_MS: '0' })
  try {
    await expect.poll(() => said, { timeout: 30_000 }).toContain('listens on')
    const address = /listens on (\S+?),/.exec(said)?.[1] ?? ''
    const answers: string[] = []
    const ask = async (path: string, token: string, body?: object) => {
      const answer = await fetch(address + path, {
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        ...(body && { method: 'POST', body: JSON.stringify(body) }),
      })
      answers.push(JSON.stringify([...answer.headers]), await answer.text())
    }
    const messages = [{ role: 'user', content: 'hi' }]
    for (let time = 0; time < 4; time += 1) {
      await ask('/v1/chat/completions', canaries.clientToken, {
        model: 'gemini-3.8-flash',
        messages,
      })
    }
    await ask('/v1/models', canaries.adminToken)
    for (const path of ['config', 'keys', 'attempts', 'decisions', 'audit', 'tokens', 'sessions']) {
      await ask(`/api/${path}`, canaries.adminToken)
    }
    await ask('/metrics', canaries.metricsToken)
    await ask('/api/keys', canaries.clientToken)
    expect(answers.join('\n')).toContain('suspended')
    expect(leaksOf(canaries, answers.join('\n'))).toEqual([])
  } finally {
    await fake.close()
    child?.kill('SIGTERM')
  }
  expect(await ended).toBe(0)
  expect(leaksOf(canaries, said)).toEqual([])
  const files = await readdir(folder(), { recursive: true, withFileTypes: true })
  const written = files.filter((entry) => entry.isFile())
  expect(written).not.toEqual([])
  for (const file of written) {
    const bytes = await readFile(join(file.parentPath, file.name), 'latin1')
    expect(leaksOf(canaries, bytes)).toEqual([])
  }
}, 90_000)
