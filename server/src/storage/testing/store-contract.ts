import { createHash } from 'node:crypto'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { stateVersion, type KeyStateRow, type LaneStateRow } from '../../keys/state-rows.ts'
import type { ClientToken } from '../../auth/clients/client-token.ts'
import type { OperatorStores, Storage } from '../storage.ts'
import { historyContract } from './history-contract.ts'
import { keyContract } from './key-contract.ts'
import { refusalContract } from './refusal-contract.ts'
import type { StoredSetting } from '../../settings/stores.ts'

export const keyState = (key: number): KeyStateRow => ({
  kind: 'key',
  version: stateVersion,
  key,
  streak: 2,
  cooldownLevel: 0,
  suspected: false,
})

const laneState: LaneStateRow = {
  kind: 'lane',
  version: stateVersion,
  project: 'p "quoted"',
  lane: 'gemini-3.8-flash',
  model: 'gemini-3.8-flash',
  unknownQuotas: 0,
  notFound: 1,
}

export type StorageUnderTest = {
  readonly storage: Storage
  /** Empties the database. */
  readonly empty: () => Promise<Storage>
}

/** What every database must do alike. `open` returns an empty one whose clock stands at 1 000. */
export function storageContract(name: string, open: () => Promise<StorageUnderTest>): void {
  describe(`${name} keeps the storage contract`, () => {
    let storage: Storage
    let empty: () => Promise<Storage>

    beforeAll(async () => {
      ;({ storage, empty } = await open())
    })
    afterEach(async () => {
      storage = await empty()
    })
    afterAll(() => storage.close())

    describe('work done at once', () => {
      const setMuch = async ({ settings, keys, projects, prices }: OperatorStores) => {
        await settings.write(new Map([['A', { value: '1', origin: 'database' }]]))
        const added = await keys.add(['AIza-one', 'AIza-two'])
        await keys.update(new Map(added.map(({ id }) => [id, { label: 'from a file' }])))
        await projects.change('p', { label: 'a project', paid: true })
        await projects.setLimits('p', '*', { minuteRequests: 5 })
        await prices.replace([])
      }
      const stored = async () => ({
        settings: [...(await storage.settings.all()).keys()],
        labels: (await storage.keys.all()).map(({ label }) => label),
        projects: (await storage.projects.all()).map(({ label }) => label),
      })

      test('is all stored', async () => {
        await storage.atOnce(setMuch)
        expect(await stored()).toEqual({
          settings: ['A'],
          labels: ['from a file', 'from a file'],
          projects: ['a project'],
        })
      })

      test('leaves nothing when it fails at its end, and later work is done', async () => {
        const cut = storage.atOnce(async (stores) => {
          await setMuch(stores)
          throw new Error('cut')
        })
        await expect(cut).rejects.toThrow('cut')
        expect(await stored()).toEqual({ settings: [], labels: [], projects: [] })
        await storage.meta.set('a', '1')
        expect(await storage.meta.get('a')).toBe('1')
      })
    })

    describe('settings', () => {
      const given = (value: string): StoredSetting => ({ value, origin: 'database' })

      test('are read as they were written, whatever their text', async () => {
        const text = `line\n"quotes" 'and' ; drop table settings; -- ✓ ${'x'.repeat(100_000)}`
        const written = new Map<string, StoredSetting>([
          ['A', given(text)],
          ['B', { value: '', origin: 'environment' }],
          ['AUTH_TOKEN', given('a secret one')],
        ])
        await storage.settings.write(written)
        expect(await storage.settings.all()).toEqual(written)
      })

      test('are replaced by name, removed by undefined, and otherwise kept', async () => {
        const [one, two, three, nine] = ['1', '2', '3', '9'].map(given)
        await storage.settings.write(
          new Map([
            ['A', one],
            ['B', two],
            ['C', three],
          ]),
        )
        await storage.settings.write(
          new Map([
            ['A', nine],
            ['B', undefined],
          ]),
        )
        await storage.settings.write(new Map())
        expect(Object.fromEntries(await storage.settings.all())).toEqual({ A: nine, C: three })
      })
    })

    describe('audit', () => {
      const entry = (subject: string, action = 'setting-changed') => ({
        at: 1_790_000_000_000,
        actor: 'admin token',
        action,
        subject,
        detail: { from: 3, to: '✓' },
      })

      test('rows are listed latest first, page by page, and by action', async () => {
        await storage.audit.add([entry('A'), entry('B', 'keys-added')])
        await storage.audit.add([entry('C')])
        const first = await storage.audit.list({ limit: 2 })
        expect(first.rows.map(({ subject }) => subject)).toEqual(['C', 'B'])
        expect(first.rows[0]).toMatchObject(entry('C'))
        const second = await storage.audit.list({ limit: 2, before: first.next })
        expect(second.rows.map(({ subject }) => subject)).toEqual(['A'])
        expect(second.next).toBeUndefined()
        const added = await storage.audit.list({ limit: 9, action: 'keys-added' })
        expect(added.rows.map(({ subject }) => subject)).toEqual(['B'])
      })
    })

    describe('sessions', () => {
      const session = (digest: string, createdAt: number) => ({
        digest,
        tokenMark: 'f'.repeat(64),
        createdAt,
        expiresAt: createdAt + 86_400_000,
        address: '2001:db8::1',
        userAgent: `Mozilla/5.0 ✓ ${'x'.repeat(180)}`,
      })
      const [one, two] = [
        session('b'.repeat(64), 1_790_000_000_000),
        session('a', 1_790_000_000_001),
      ]

      test('are read as they were written, in the order of their logins', async () => {
        await storage.sessions.change({ removed: [], added: [two, one] })
        expect(await storage.sessions.all()).toEqual([one, two])
      })

      test('come and go, and are written twice like once', async () => {
        await storage.sessions.change({ removed: [], added: [one] })
        await storage.sessions.change({ removed: [], added: [one, two] })
        await storage.sessions.change({ removed: [one.digest, 'unknown'], added: [] })
        await storage.sessions.change({ removed: [], added: [] })
        expect(await storage.sessions.all()).toEqual([two])
      })
    })

    describe('keys', () => keyContract(() => storage))

    describe('projects', () => {
      test('keep what was set, and lose what becomes undefined', async () => {
        await storage.projects.change('projects/7', { label: 'the "team" ✓', paid: true })
        await storage.projects.change('projects/7', { paid: false })
        await storage.projects.change('projects/8', { label: 'x' })
        await storage.projects.change('projects/8', { label: undefined })
        expect(await storage.projects.all()).toEqual([
          { id: 'projects/7', label: 'the "team" ✓', paid: false, limits: {} },
          { id: 'projects/8', label: undefined, paid: undefined, limits: {} },
        ])
      })

      test('keep limits by lane, each replaced as a whole, and removed when empty', async () => {
        const { projects } = storage
        await projects.setLimits('p', '*', { minuteRequests: 5, dayRequests: 20 })
        await projects.setLimits('p', 'gemini-3.8-flash', { minuteTokens: 2_000_000_000 })
        await projects.setLimits('p', '*', { dayRequests: 0 })
        const limits = {
          '*': { dayRequests: 0 },
          'gemini-3.8-flash': { minuteTokens: 2_000_000_000 },
        }
        expect(await projects.get('p')).toMatchObject({ id: 'p', limits })
        await projects.setLimits('p', 'gemini-3.8-flash', {})
        await projects.setLimits('q', '*', {})
        expect(await projects.all()).toMatchObject([
          { id: 'p', limits: { '*': { dayRequests: 0 } } },
        ])
      })
    })

    describe('engine state', () => {
      test('is read as it was written last, without what became undefined', async () => {
        const { engineState } = storage
        await engineState.apply([
          { id: 'key:1', row: keyState(1) },
          { id: 'key:2', row: keyState(2) },
          { id: 'lane:p', row: laneState },
        ])
        const changed = { ...keyState(1), streak: 5 }
        await engineState.apply([
          { id: 'key:1', row: keyState(1) },
          { id: 'key:1', row: changed },
          { id: 'key:2', row: undefined },
          { id: 'key:3', row: undefined },
        ])
        await engineState.apply([])
        expect(await engineState.all()).toEqual([changed, laneState])
      })

      test('distinguishes ids by case, accents and trailing blanks, and accepts long ones', async () => {
        const ids = ['a', 'A', 'á', 'a ', `${'x'.repeat(500)}1`, `${'x'.repeat(500)}2`]
        const changes = ids.map((id, n) => ({ id, row: keyState(n) }))
        await storage.engineState.apply(changes)
        await storage.engineState.apply(changes.slice(1))
        expect(await storage.engineState.all()).toHaveLength(ids.length)
      })

      test('accepts thousands of rows at once', async () => {
        const { engineState } = storage
        const changes = Array.from({ length: 3000 }, (_, n) => ({
          id: `key:${String(n).padStart(5, '0')}`,
          row: keyState(n),
        }))
        await engineState.apply(changes)
        expect(await engineState.all()).toEqual(changes.map(({ row }) => row))
      })
    })

    describe('the request log', () => historyContract(() => storage))
    describe('refusals', () => refusalContract(() => storage))

    describe('client tokens', () => {
      const token = (change: Partial<ClientToken> = {}): ClientToken => ({
        digest: createHash('sha256').update('a token').digest('hex'),
        hint: 'oken',
        name: 'a ✓ client',
        source: 'admin',
        enabled: true,
        expiresAt: 1_800_000_000_000,
        allowedModels: ['gemini-3.8-flash', 'gemini-2.5-*'],
        allowedDialects: ['openai'],
        limits: { requestsPerMinute: 5, budgetPerMonth: 1.25 },
        createdAt: 1000,
        ...change,
      })
      const open = token({
        digest: '0'.repeat(64),
        source: 'settings',
        enabled: false,
        expiresAt: undefined,
        allowedModels: undefined,
        allowedDialects: undefined,
        limits: {},
      })

      test('are read as they were written, in the order in which they were added', async () => {
        await storage.tokens.change({ removed: [], added: [token(), open] })
        expect(await storage.tokens.all()).toEqual([token(), open])
      })

      test('are removed and added in one step, or not at all', async () => {
        await storage.tokens.change({ removed: [], added: [token()] })
        const doubled = { removed: [token().digest], added: [open, open] }
        await expect(storage.tokens.change(doubled)).rejects.toThrow()
        expect(await storage.tokens.all()).toEqual([token()])
        await storage.tokens.change({ removed: [token().digest], added: [open] })
        expect(await storage.tokens.all()).toEqual([open])
      })

      test('change their terms, and keep their digest, hint, source and time', async () => {
        await storage.tokens.change({ removed: [], added: [token()] })
        const { digest, hint, source, createdAt } = token()
        expect(await storage.tokens.update(digest, open)).toBe(true)
        const changed = { ...open, digest, hint, source, createdAt }
        expect(await storage.tokens.all()).toEqual([changed])
        expect(await storage.tokens.update('1'.repeat(64), open)).toBe(false)
      })
    })

    describe('transactions', () => {
      test('that begin at the same time run one after the other', async () => {
        const names = Array.from({ length: 20 }, (_, n) => String(n))
        await Promise.all(names.map((name) => storage.meta.set('a', name)))
        expect(names).toContain(await storage.meta.get('a'))
        const syncs = await Promise.all([['a', 'b'], ['b', 'c']].map((list) => storage.keys.syncValues(list))) // oxfmt-ignore
        expect(syncs.map(({ added }) => added.length)).toEqual([2, 1])
      })
    })

    describe('signatures', () => {
      const row = (name: string, at: number) => ({ name, signature: `signature of ${name} ✓`, at })
      const names = async () => (await storage.signatures.newest(100)).map(({ name }) => name)

      test('are read as they were written, the newest ones, oldest first', async () => {
        const long = { name: 'Ann call_1', signature: 'x'.repeat(200_000), at: 1_790_000_000_000 }
        await storage.signatures.insertMany([])
        await storage.signatures.insertMany([row('c', 3), long, row('a', 1), row('b', 2)])
        expect(await storage.signatures.newest(3)).toEqual([row('b', 2), row('c', 3), long])
      })

      test('are replaced by name, in one batch and in the next', async () => {
        await storage.signatures.insertMany([row('a', 1), row('b', 2), row('a', 3)])
        await storage.signatures.insertMany([row('b', 4), row('A', 5), row('a ', 6)])
        expect(await storage.signatures.newest(100)).toEqual([
          row('a', 3),
          row('b', 4),
          row('A', 5),
          row('a ', 6),
        ])
      })

      test('whose name is too long are left out', async () => {
        await storage.signatures.insertMany([row('x'.repeat(500), 1), row('a', 2)])
        expect(await names()).toEqual(['a'])
      })

      test('that are old are removed, and the oldest of too many, some at a time', async () => {
        const { signatures } = storage
        await signatures.insertMany([1, 2, 3, 4, 5, 6].map((at) => row(`n${at}`, at)))
        expect(await signatures.prune({ before: 3, keep: 100, limit: 10 })).toBe(2)
        expect(await names()).toEqual(['n3', 'n4', 'n5', 'n6'])
        expect(await signatures.prune({ before: 4, keep: 1, limit: 2 })).toBe(2)
        expect(await signatures.prune({ before: 4, keep: 1, limit: 2 })).toBe(1)
        expect(await signatures.prune({ before: 4, keep: 1, limit: 2 })).toBe(0)
        expect(await names()).toEqual(['n6'])
      })

      test('are accepted by thousands', async () => {
        await storage.signatures.insertMany(
          Array.from({ length: 3000 }, (_, at) => row(`n${at}`, at)),
        )
        expect(await storage.signatures.newest(5000)).toHaveLength(3000)
      })
    })

    describe('meta', () => {
      test('stores a value by name, and makes one only once', async () => {
        const { meta } = storage
        expect(await meta.get('a')).toBeUndefined()
        expect(await meta.getOrMake('a', () => 'made')).toBe('made')
        expect(await meta.getOrMake('a', () => 'made again')).toBe('made')
        await meta.set('a', 'set')
        expect(await meta.get('a')).toBe('set')
      })

      test('returns the same value to simultaneous callers', async () => {
        const made = await Promise.all(
          ['x', 'y', 'z'].map((value) => storage.meta.getOrMake('a', () => value)),
        )
        expect(new Set(made).size).toBe(1)
      })
    })
  })
}
