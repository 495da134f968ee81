import { spawn } from 'node:child_process'
import { readFile, stat, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { useTemporaryFolder } from '../src/runtime/testing/temporary-folder.ts'
import { sealFile } from '../src/storage/backup/backup-file.ts'
import { gatherContents } from '../src/storage/backup/gather-contents.ts'
import { openStorage } from '../src/storage/open-storage.ts'
import type { DatabaseChoice } from '../src/storage/choose-database.ts'
import {
  createTestDatabase,
  describeOnServers,
  type TestDatabase,
} from '../src/storage/testing/servers.ts'
import { z } from 'zod'
import { stateRowId, stateVersion, type StateRow } from '../src/keys/state-rows.ts'
import { callAdmin } from './support/admin.ts'
import { keyNumber, startGateway, type TestGateway } from './support/gateway.ts'

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url))
const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href
const passphrase = 'canary passphrase of a backup'
const encryptionKey = 'canary key of the target'
// Each runs several processes.
vi.setConfig({ testTimeout: 120_000 })

const folder = useTemporaryFolder()
let file = ''

beforeEach(() => {
  file = join(folder(), 'all.backup')
})

const sqlite = (name: string): DatabaseChoice => ({ kind: 'sqlite', path: join(folder(), name) })
const sqliteVariables = (name: string) => ({ SQLITE_DATABASE: name })

/** Runs the command as a process. */
function run(words: readonly string[], variables: Readonly<Record<string, string>>) {
  const child = spawn(process.execPath, ['--conditions=source', '--import', tsx, main, ...words], {
    cwd: folder(),
    env: {
      PATH: process.env['PATH'],
      DATA_DIR: folder(),
      BACKUP_PASSPHRASE: passphrase,
      ...variables,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let printed = ''
  child.stdout.on('data', (text: Buffer) => (printed += text.toString()))
  child.stderr.on('data', (text: Buffer) => (printed += text.toString()))
  return new Promise<{ code: number | null; printed: string }>((resolve) =>
    child.on('exit', (code) => resolve({ code, printed })),
  )
}

const keys = [keyNumber(0), keyNumber(1), 'AQ.Canary-of-the-backup-000000000000000000000000000000']

async function fill(database: DatabaseChoice): Promise<void> {
  const storage = await openStorage({ database, now: () => 1000 })
  const rows = await storage.keys.add(keys)
  const [first, second] = rows.map(({ id }) => id)
  await storage.keys.update(
    new Map([
      [
        first ?? 0,
        { label: 'mine', tags: ['a', 'b'], priority: 3, allowedModels: ['gemini-3.8-flash'] },
      ],
      [second ?? 0, { project: 'p', projectSource: 'operator', paid: true, disabled: true }],
    ]),
  )
  await storage.engineState.apply(statesOf(first ?? 0).map((row) => ({ id: stateRowId(row), row })))
  await storage.projects.change(`key:${first}`, { label: 'Of the first key', paid: undefined })
  await storage.projects.change('p', { label: 'Paid', paid: true })
  await storage.projects.setLimits('p', '*', { minuteRequests: 7 })
  await storage.tokens.change({ removed: [], added: [token] })
  await storage.prices.replace([price])
  await storage.settings.write(
    new Map([
      ['AUTH_TOKEN', { value: 'canary-admin-token', origin: 'database' }],
      ['MAX_RETRIES', { value: '5', origin: 'environment' }],
    ]),
  )
  await storage.close()
}

/** A dead key, its project suspended, and two closed lanes. */
function statesOf(key: number): StateRow[] {
  const version = stateVersion
  const cooldown = { since: 900, until: null, needsTrial: true }
  const lane = {
    kind: 'lane',
    version,
    lane: 'm',
    model: 'm',
    unknownQuotas: 1,
    notFound: 0,
  } as const
  const quota = {
    ...cooldown,
    until: 9e12,
    kind: 'quota',
    quotaIds: ['day'],
    message: 'out',
  } as const
  return [
    {
      kind: 'key',
      version,
      key,
      deadMark: { verdict: 'key-invalid', at: 900, message: 'Google said so', checkedAt: 950 },
      learnedProject: 'p',
      learnedFrom: 'files',
      surveyed: true,
      marker: { name: 'files/x', file: 'x', at: 900 },
      filesRefused: { at: 900, because: 'no' },
      cooldown: { ...cooldown, reason: 'failing', verdict: 'key-invalid' },
      streak: 3,
      cooldownLevel: 1,
      suspected: true,
    },
    {
      kind: 'project',
      version,
      project: 'p',
      suspension: { ...cooldown, reason: 'project-suspended', message: 'gone', level: 2 },
    },
    { ...lane, project: 'p', cooldown: quota },
    {
      ...lane,
      project: `key:${key}`,
      cooldown: quota,
      counts: {
        minuteRequests: 1,
        minuteTokens: 2,
        minuteUntil: 3,
        dayRequests: 4,
        dayTokens: 5,
        dayEnd: 6,
      },
    },
  ]
}

const token = {
  digest: 'ab'.repeat(32),
  hint: '1234',
  name: 'laptop',
  source: 'admin',
  enabled: true,
  expiresAt: 5000,
  allowedModels: ['gemini-*'],
  allowedDialects: ['gemini'],
  limits: { requestsPerDay: 9 },
  createdAt: 1,
} as const
const price = { model: 'm', since: 0, prompt: 1, output: 2, cached: 0.5, source: 'us' }

async function contentsOf(database: DatabaseChoice, encryption?: string) {
  const storage = await openStorage({ database, encryptionKey: encryption, now: () => 1000 })
  const contents = await gatherContents(storage)
  await storage.close()
  return contents
}

async function auditOf(database: DatabaseChoice): Promise<string[]> {
  const storage = await openStorage({ database, now: () => 1000 })
  const { rows } = await storage.audit.list({ limit: 10 })
  await storage.close()
  return rows.map(({ action }) => action)
}

test('a database is exported to a file and imported into an encrypted one, and no secret is printed', async () => {
  await fill(sqlite('a.db'))
  const written = await run(['export', file], sqliteVariables('a.db'))
  expect(written).toEqual({
    code: 0,
    printed: `Wrote 2 settings, 3 keys, 1 client tokens, 2 projects and 1 prices to ${file}.\n`,
  })
  expect((await stat(file)).mode & 0o777).toBe(0o600)
  const taken = await run(['import', file], {
    ...sqliteVariables('b.db'),
    ENCRYPTION_KEY: encryptionKey,
  })
  expect(taken.code).toBe(0)
  const before = await contentsOf(sqlite('a.db'))
  expect(before.keys.map(({ value }) => value)).toEqual(keys)
  expect(before.states).toHaveLength(4)
  expect(await contentsOf(sqlite('b.db'), encryptionKey)).toEqual(before)
  expect(await auditOf(sqlite('a.db'))).toEqual(['backup-exported'])
  const everything = written.printed + taken.printed + (await readFile(file, 'latin1'))
  for (const secret of [...keys, passphrase, 'canary-admin-token', token.digest]) {
    expect(everything).not.toContain(secret)
  }
})

test('what the backup does not name stays, and is removed with --replace', async () => {
  await fill(sqlite('a.db'))
  await run(['export', file], sqliteVariables('a.db'))
  const storage = await openStorage({ database: sqlite('b.db'), now: () => 1000 })
  const [own] = await storage.keys.add([keyNumber(9)])
  await storage.keys.add([keyNumber(0)])
  await storage.projects.setLimits('own', '*', { dayRequests: 1 })
  await storage.settings.write(new Map([['TIME_OUT', { value: '9', origin: 'database' }]]))
  await storage.close()

  await run(['import', file], sqliteVariables('b.db'))
  const merged = await contentsOf(sqlite('b.db'))
  expect(merged.keys.map(({ value }) => value)).toEqual([keyNumber(9), ...keys])
  expect(merged.keys.find(({ value }) => value === keyNumber(0))).toMatchObject({ label: 'mine' })
  expect(merged.settings['TIME_OUT']?.value).toBe('9')

  await run(['import', file, '--replace'], sqliteVariables('b.db'))
  const replaced = await contentsOf(sqlite('b.db'))
  expect(own).toBeDefined()
  expect(replaced.keys.map(({ value }) => value)).toEqual(keys)
  expect(Object.keys(replaced.settings)).not.toContain('TIME_OUT')
  expect(replaced.projects.find(({ id }) => id === 'own')?.limits ?? {}).toEqual({})
})

test('states follow their keys, and a key of the backup loses a state that the backup does not have', async () => {
  await fill(sqlite('a.db'))
  await run(['export', file], sqliteVariables('a.db'))
  const storage = await openStorage({ database: sqlite('b.db'), now: () => 1000 })
  // The same keys under other ids, one of which is dead only here.
  const [own, , last] = await storage.keys.add([keyNumber(9), keyNumber(1), keys[2] ?? ''])
  const dead = [own, last].flatMap((row) => statesOf(row?.id ?? 0).slice(0, 1))
  await storage.engineState.apply(dead.map((row) => ({ id: stateRowId(row), row })))
  await storage.close()
  await run(['import', file], sqliteVariables('b.db'))
  const merged = await contentsOf(sqlite('b.db'))
  const deadKeys = merged.states.flatMap((row) => (row.kind === 'key' ? [row.key] : []))
  expect(new Set(deadKeys.map((place) => merged.keys[place]?.value))).toEqual(
    new Set([keyNumber(0), keyNumber(9)]),
  )
  const lanes = merged.states.flatMap((row) => (row.kind === 'lane' ? [row.project] : []))
  const place = merged.keys.findIndex(({ value }) => value === keyNumber(0))
  expect(new Set(lanes)).toEqual(new Set([`key:${place}`, 'p']))
})

test('a backup of format 1, which has no states, can be imported', async () => {
  await fill(sqlite('a.db'))
  const { states, ...old } = await contentsOf(sqlite('a.db'))
  expect(states).not.toEqual([])
  await writeFile(file, await sealFile(old, passphrase, 1))
  expect((await run(['import', file], sqliteVariables('b.db'))).code).toBe(0)
  const restored = await contentsOf(sqlite('b.db'))
  expect(restored.keys).toEqual(old.keys)
  expect(restored.states).toEqual([])
})

test('a key that Google called invalid is dead after a restore, with the words of Google', async () => {
  const project = (value: string) => ({ id: value, tier: 'paid1' as const, keys: [value] })
  const fake = { projects: [project(keyNumber(0))] }
  const settings = { MAX_RETRIES: '1', API_KEYS: JSON.stringify([keyNumber(0), keyNumber(7)]) }
  const [from, to] = [join(folder(), 'from'), join(folder(), 'to')]
  const variables = (dataDir: string) => ({ DATA_DIR: dataDir })
  const list = z.object({
    rows: z.array(z.object({ state: z.string(), because: z.unknown().optional() })),
  })
  const statesIn = async (gateway: TestGateway) =>
    list
      .parse((await callAdmin(gateway, '/api/keys')).answer)
      .rows.map(({ state, because }) => ({ state, because }))

  const first = await startGateway({ fake, settings, dataDir: from })
  const which = { ids: [1, 2] }
  for (let round = 0; round < 2; round += 1) {
    await callAdmin(first, '/api/keys/verify', { method: 'POST', body: { which } })
    await expect
      .poll(async () => JSON.stringify((await callAdmin(first, '/api/jobs')).answer))
      .not.toContain('"running"')
  }
  const before = await statesIn(first)
  expect(before.map(({ state }) => state)).toContain('dead')
  await first.close()

  await run(['export', file], variables(from))
  expect((await run(['import', file], variables(to))).code).toBe(0)
  const second = await startGateway({ fake, settings, dataDir: to })
  expect(await statesIn(second)).toEqual(before)
  await second.close()
})

describe('an import or export is rejected in one sentence, and the database stays as it was', () => {
  const cases: readonly (readonly [string, () => Promise<unknown>, string])[] = [
    [
      'with a wrong passphrase',
      () => sealTo(valid(), 'some other passphrase'),
      'The passphrase is wrong',
    ],
    ['of a file that is no backup', () => writeFile(file, 'hello\n'), 'is no backup'],
    [
      'of an unknown setting',
      () => sealTo(valid({ NO_SUCH: set('x') })),
      'there is no setting NO_SUCH',
    ],
    ['of an invalid value', () => sealTo(valid({ MAX_RETRIES: set('many') })), 'MAX_RETRIES'],
    ['of a token without a digest', () => sealTo({ ...valid(), tokens: [{}] }), 'tokens.0.digest'],
    ['of unknown members', () => sealTo({ ...valid(), more: 1 }), 'unknown members'],
  ]
  const set = (value: string) => ({ value, origin: 'database' })
  const valid = (settings: Record<string, unknown> = {}) => ({
    settings,
    keys: [{ value: keyNumber(5), tags: [], priority: 0, weight: 1, disabled: false }],
    tokens: [],
    projects: [],
    prices: [],
  })
  const sealTo = async (contents: unknown, by = passphrase) =>
    writeFile(file, await sealFile(contents, by))

  test.each(cases)('%s', async (_name, write, sentence) => {
    await fill(sqlite('a.db'))
    const before = await contentsOf(sqlite('a.db'))
    await write()
    const { code, printed } = await run(['import', file], sqliteVariables('a.db'))
    expect(code).toBe(1)
    expect(printed).toContain(sentence)
    expect(printed).not.toMatch(/\n\s+at /)
    expect(await contentsOf(sqlite('a.db'))).toEqual(before)
  })

  test('to a file that exists, unless --force is given', async () => {
    await fill(sqlite('a.db'))
    await writeFile(file, 'precious')
    expect((await run(['export', file], sqliteVariables('a.db'))).printed).toContain(
      'exists already',
    )
    expect(await readFile(file, 'utf8')).toBe('precious')
    expect((await run(['export', file, '--force'], sqliteVariables('a.db'))).code).toBe(0)
  })

  test.each([
    ['with a short passphrase', ['export', 'x'], { BACKUP_PASSPHRASE: 'short' }, 'at least 12'],
    ['without a file', ['export'], {}, 'Name one file'],
    ['with an unknown flag', ['import', 'x', '--now'], {}, "Unknown option '--now'"],
    ['of a missing file', ['import', 'x'], {}, 'x cannot be read'],
  ] as const)('%s', async (_name, words, variables, sentence) => {
    const { code, printed } = await run(words, { ...sqliteVariables('a.db'), ...variables })
    expect({ code, isNamed: printed.includes(sentence) }).toEqual({ code: 1, isNamed: true })
  })

  test('into a database that a gateway uses; --dry-run still works', async () => {
    const gateway = await startGateway({ fake: { projects: [] }, dataDir: folder() })
    await sealTo(valid())
    const variables = sqliteVariables('gemini-balance.db')
    expect((await run(['import', file], variables)).printed).toContain('stop it first')
    const dryRun = await run(['import', file, '--dry-run'], variables)
    expect(dryRun.printed).toContain('holds 0 settings, 1 keys')
    await gateway.close()
  })
})

await describeOnServers((name, server) => {
  describe(`a backup on ${name}`, () => {
    let database: TestDatabase
    beforeAll(async () => {
      database = await createTestDatabase(server)
    })
    afterAll(() => database.drop())

    test('is equal to one of SQLite, and can be imported there', async () => {
      await fill(sqlite('a.db'))
      await run(['export', file], sqliteVariables('a.db'))
      const variables = { DATABASE_URL: database.url }
      expect((await run(['import', file, '--replace'], variables)).code).toBe(0)
      expect((await run(['export', file, '--force'], variables)).code).toBe(0)
      expect((await run(['import', file], sqliteVariables('c.db'))).code).toBe(0)
      expect(await contentsOf(sqlite('c.db'))).toEqual(await contentsOf(sqlite('a.db')))
    })
  })
})
