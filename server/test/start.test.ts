import { chmod, mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runProgram } from './support/run-program.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gemini-balance-start-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const run = (env: Record<string, string>, until?: RegExp) =>
  runProgram(folder, { DATA_DIR: join(folder, 'data'), ...env }, until)

test('without any configuration it starts, shows an admin token once, and stops at SIGTERM', async () => {
  const first = await run({})
  expect(first).toMatchObject({ code: 0 })
  const token = /shown this once: ([\w-]+)/.exec(first.printed)?.[1] ?? ''
  expect(token.length).toBeGreaterThan(20)
  expect(first.printed).toMatch(/listens on http:\/\/127\.0\.0\.1:\d+/)
  const second = await run({})
  expect(second.printed).not.toContain('shown this once')
  expect(second.printed).not.toContain(token)
}, 60_000)

test('the start says which addresses are open and why', async () => {
  const { printed } = await run({ HOST: '127.0.0.1' }, /HOST is/)
  expect(printed).toContain('HOST is 127.0.0.1.')
}, 60_000)

test('a data folder that others can open is warned about, and a new one is closed to them', async () => {
  const data = await mkdtemp(join(folder, 'open-'))
  await chmod(data, 0o755)
  const warning = 'Other users of this machine can open DATA_DIR'
  expect((await run({ DATA_DIR: data })).printed).toContain(warning)
  const made = join(folder, 'made')
  expect((await run({ DATA_DIR: made })).printed).not.toContain(warning)
  expect((await stat(made)).mode & 0o777).toBe(0o700)
}, 60_000)

describe('a start that cannot work says why in one sentence and exits with 1', () => {
  test('settings out of bounds, all of them, without their values', async () => {
    const { code, printed } = await run({
      PORT: 'secret-value',
      MAX_RETRIES: '99',
      API_KEYS: '["a",3]',
    })
    expect(code).toBe(1)
    expect(printed).toContain('PORT must be a')
    expect(printed).toContain('MAX_RETRIES must be a whole number from 0 to 10')
    expect(printed).toContain('API_KEYS')
    expect(printed).not.toContain('secret-value')
    expect(printed).not.toContain('    at ')
  }, 60_000)

  test('a port that is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => other.once('listening', resolve))
    const address = other.address()
    const port = typeof address === 'object' ? String(address?.port) : ''
    const { code, printed } = await run({ PORT: port })
    other.close()
    expect(code).toBe(1)
    expect(printed).toContain(`Cannot listen on 127.0.0.1:${port}: another program uses the port`)
    expect(printed).not.toContain('    at ')
  }, 60_000)

  test('an admin token that is easy to guess, where other machines can connect', async () => {
    const data = { DATA_DIR: join(folder, 'weak') }
    const weak = { ...data, AUTH_TOKEN: 'sk-123456' }
    const { code, printed } = await run({ ...weak, HOST: '0.0.0.0' })
    expect(code).toBe(1)
    expect(printed.trim()).toBe(
      'AUTH_TOKEN is a well-known example. Choose another one, or set HOST=127.0.0.1.',
    )
    expect((await run(weak)).code).toBe(0)
    const better = { ...data, AUTH_TOKEN: 'a-token-of-enough-letters' }
    expect((await run({ ...better, HOST: '0.0.0.0' })).code).toBe(0)
  }, 60_000)

  test('a metrics token that is a client token too', async () => {
    const data = { DATA_DIR: join(folder, 'metrics') }
    const { code, printed } = await run({ ...data, METRICS_TOKEN: 'one', ALLOWED_TOKENS: 'one' })
    expect(code).toBe(1)
    expect(printed.trim().split('\n')).toHaveLength(1)
    expect(printed).toContain('METRICS_TOKEN')
    expect((await run({ ...data, METRICS_TOKEN: 'two', ALLOWED_TOKENS: 'one' })).code).toBe(0)
  }, 60_000)

  test('a data folder that is a file', async () => {
    const path = join(folder, 'a-file')
    await writeFile(path, 'x')
    const { code, printed } = await run({ DATA_DIR: path })
    expect(code).toBe(1)
    expect(printed.trim().split('\n')).toHaveLength(1)
    expect(printed).toContain('DATA_DIR')
  }, 60_000)

  test('a database server that is not there, without its password', async () => {
    const { code, printed } = await run({
      DATABASE_URL: 'postgresql://someone:canary-password@127.0.0.1:1/database',
    })
    expect(code).toBe(1)
    expect(printed.trim().split('\n')).toHaveLength(1)
    expect(printed).toContain('127.0.0.1:1')
    expect(printed).toContain('DATABASE_URL')
    expect(printed).not.toContain('canary')
  }, 60_000)

  test('a database that is a file of another kind', async () => {
    const data = await mkdtemp(join(folder, 'other-'))
    await writeFile(join(data, 'gemini-balance.db'), 'no database '.repeat(1000))
    const { code, printed } = await run({ DATA_DIR: data })
    expect(code).toBe(1)
    expect(printed.trim().split('\n')).toHaveLength(1)
    expect(printed).toContain('SQLITE_DATABASE')
  }, 60_000)
})
