import { findSetting, SettingsError } from '@gemini-balance/contract'
import { describe, expect, test } from 'vitest'
import { StartError } from '../runtime/start-error.ts'
import { createLiveSettings } from './live-settings.ts'
import type { SettingsStore, StoredSetting } from './stores.ts'

function memoryStore(
  initial: Record<string, string> = {},
): SettingsStore & { rows: Map<string, string>; stored: Map<string, StoredSetting> } {
  const rows = new Map(Object.entries(initial))
  const stored = new Map(
    [...rows].map(([name, value]): [string, StoredSetting] => [
      name,
      { value, origin: 'database' },
    ]),
  )
  return {
    rows,
    stored,
    all: () => Promise.resolve(new Map(stored)),
    write: (values) => {
      for (const [name, setting] of values) {
        if (setting === undefined) {
          rows.delete(name)
          stored.delete(name)
        } else {
          rows.set(name, setting.value)
          stored.set(name, setting)
        }
      }
      return Promise.resolve()
    },
  }
}

test('the database wins over the environment, and the environment over the default', async () => {
  const live = await createLiveSettings({
    environment: { MAX_RETRIES: '5', MAX_FAILURES: '7' },
    store: memoryStore({ MAX_RETRIES: '2' }),
  })
  expect(live.current()).toMatchObject({ maxRetries: 2, maxFailures: 7, timeOut: 300 })
})

test('a setting that is read only at the start comes from the environment', async () => {
  const live = await createLiveSettings({
    environment: { PORT: '81' },
    store: memoryStore({ PORT: '9' }),
  })
  expect(live.current().port).toBe(81)
})

describe('a stored value that is no longer valid', () => {
  const rows = { MAX_RETRIES: '99', ALLOWED_TOKENS: '["canary",3]', MAX_FAILURES: '5' }

  test('stops the start with a message that says where it is stored and how to remove it', async () => {
    const start = createLiveSettings({ environment: {}, store: memoryStore(rows) })
    const error: unknown = await start.catch((error: unknown) => error)
    expect(error).toBeInstanceOf(StartError)
    expect(String(error)).toContain('MAX_RETRIES must be a whole number from 0 to 10')
    expect(String(error)).toContain('in the database')
    expect(String(error)).toContain('RESET_SETTINGS=MAX_RETRIES,ALLOWED_TOKENS')
    expect(String(error)).not.toContain('canary')
  })

  test('is removed by RESET_SETTINGS, and no other value is', async () => {
    const environment = { RESET_SETTINGS: 'MAX_RETRIES,ALLOWED_TOKENS', MAX_RETRIES: '4' }
    const store = memoryStore(rows)
    const live = await createLiveSettings({ environment, store })
    expect(live.current()).toMatchObject({ maxRetries: 4, allowedTokens: [], maxFailures: 5 })
    expect([...store.rows]).toEqual([
      ['MAX_FAILURES', '5'],
      ['MAX_RETRIES', '4'],
    ])
  })

  test('is not removed under an unknown name', async () => {
    const environment = { RESET_SETTINGS: 'MAX_RETRYS' }
    const start = createLiveSettings({ environment, store: memoryStore(rows) })
    await expect(start).rejects.toThrow('MAX_RETRYS is not a setting')
  })
})

describe('a change', () => {
  test('takes effect at once, is published and is stored', async () => {
    const store = memoryStore()
    const live = await createLiveSettings({ environment: {}, store })
    const seen: number[] = []
    live.subscribe((now) => seen.push(now.maxRetries))
    await live.change({ MAX_RETRIES: 9, allowedTokens: ['a', 'b'] })
    expect(live.current()).toMatchObject({ maxRetries: 9, allowedTokens: ['a', 'b'] })
    expect(seen).toEqual([9])
    expect(Object.fromEntries(store.rows)).toEqual({
      MAX_RETRIES: '9',
      ALLOWED_TOKENS: '["a","b"]',
    })
    const again = await createLiveSettings({ environment: {}, store })
    expect(again.current()).toEqual(live.current())
  })

  test.each([
    ['of an unknown setting', { NO_SUCH: 1 }, 'NO_SUCH is not a setting'],
    ['of a setting of the start', { PORT: 1 }, 'PORT is read at the start'],
    [
      'to a value out of bounds',
      { MAX_RETRIES: 99 },
      'MAX_RETRIES must be a whole number from 0 to 10',
    ],
    ['to null', { MAX_RETRIES: null }, 'MAX_RETRIES must be a whole number'],
    ['to a list with a bad item', { ALLOWED_TOKENS: ['a', ''] }, 'ALLOWED_TOKENS (item 1)'],
  ])('%s is refused by name and changes nothing', async (_name, patch, sentence) => {
    const store = memoryStore()
    const live = await createLiveSettings({ environment: {}, store })
    await expect(live.change({ MAX_FAILURES: 5, ...patch })).rejects.toThrow(SettingsError)
    await expect(live.change({ MAX_FAILURES: 5, ...patch })).rejects.toThrow(sentence)
    expect(live.current().maxFailures).toBe(3)
    expect(store.rows.size).toBe(0)
  })
})

test('changes made at the same time all take effect', async () => {
  const live = await createLiveSettings({ environment: {}, store: memoryStore() })
  const refused = live.change({ MAX_RETRIES: 99 })
  await Promise.all([
    expect(refused).rejects.toThrow(SettingsError),
    live.change({ MAX_RETRIES: 9 }),
    live.change({ MAX_FAILURES: 8 }),
  ])
  expect(live.current()).toMatchObject({ maxRetries: 9, maxFailures: 8 })
})

test('a change that cannot be stored does not take effect', async () => {
  const store = { ...memoryStore(), write: () => Promise.reject(new Error('The disk is full.')) }
  const live = await createLiveSettings({ environment: {}, store })
  await expect(live.change({ MAX_RETRIES: 9 })).rejects.toThrow('disk')
  expect(live.current().maxRetries).toBe(3)
})

describe('a reset', () => {
  const environment = { MAX_RETRIES: '5' }

  test('restores the values of the environment, and is stored', async () => {
    const store = memoryStore()
    const live = await createLiveSettings({ environment, store })
    await live.change({ MAX_RETRIES: 9, MAX_FAILURES: 8 })
    await live.reset(['maxRetries'])
    expect(live.current()).toMatchObject({ maxRetries: 5, maxFailures: 8 })
    expect([...store.stored]).toEqual([
      ['MAX_RETRIES', { value: '5', origin: 'environment' }],
      ['MAX_FAILURES', { value: '8', origin: 'database' }],
    ])
  })

  test('of all settings leaves only values of the environment stored', async () => {
    const store = memoryStore({ MAX_RETRIES: '9', TIME_OUT: '9' })
    const live = await createLiveSettings({ environment, store })
    await live.reset()
    expect(live.current()).toMatchObject({ maxRetries: 5, timeOut: 300 })
    expect([...store.rows]).toEqual([['MAX_RETRIES', '5']])
  })

  test('of an unknown setting is refused by name', async () => {
    const live = await createLiveSettings({ environment, store: memoryStore() })
    await expect(live.reset(['MAX_RETRIES', 'NO_SUCH'])).rejects.toThrow('NO_SUCH is not a setting')
  })
})

test('each value has an origin', async () => {
  const live = await createLiveSettings({
    environment: { MAX_RETRIES: '5', TIME_OUT: '60' },
    store: memoryStore({ TIME_OUT: '90' }),
  })
  const origins = ['MAX_FAILURES', 'MAX_RETRIES', 'TIME_OUT'].map((name) => {
    const entry = findSetting(name)
    return entry && live.origin(entry)
  })
  expect(origins).toEqual(['default', 'environment', 'database'])
})

describe('the environment', () => {
  test('is stored at the first start that sees a setting, and from then on the stored value is used', async () => {
    const store = memoryStore()
    await createLiveSettings({ environment: { MAX_RETRIES: '5' }, store })
    const live = await createLiveSettings({
      environment: { MAX_RETRIES: '7', TIME_OUT: '60' },
      store,
    })
    expect(live.current()).toMatchObject({ maxRetries: 5, timeOut: 60 })
    expect(live.overridden()).toEqual(['MAX_RETRIES'])
    const entry = findSetting('MAX_RETRIES')
    expect(entry && live.origin(entry)).toBe('environment')
    await live.reset(['MAX_RETRIES'])
    expect(live.current().maxRetries).toBe(7)
    expect(live.overridden()).toEqual([])
  })

  test('does not store keys among settings, nor settings that are read only at the start', async () => {
    const store = memoryStore()
    const environment = { API_KEYS: 'AIza1,AIza2', PORT: '81', DATA_DIR: '/data' }
    const live = await createLiveSettings({ environment, store })
    expect(store.rows.size).toBe(0)
    await expect(live.change({ API_KEYS: [] })).rejects.toThrow('API_KEYS is a list of rows')
  })
})

describe('the admin token', () => {
  test('that was generated stays after a reset of all settings', async () => {
    const store = memoryStore()
    const live = await createLiveSettings({
      environment: {},
      store,
      fallback: { AUTH_TOKEN: 'generated' },
    })
    await live.change({ AUTH_TOKEN: 'chosen' })
    expect(live.current().authToken).toBe('chosen')
    await live.reset()
    expect(live.current().authToken).toBe('generated')
  })

  test('that an admin set stays where there is no other', async () => {
    const store = memoryStore({ AUTH_TOKEN: 'chosen', TIME_OUT: '60' })
    const live = await createLiveSettings({ environment: {}, store })
    await live.reset()
    expect(live.current()).toMatchObject({ authToken: 'chosen', timeOut: 300 })
  })

  test('cannot be removed', async () => {
    const live = await createLiveSettings({ environment: {}, store: memoryStore() })
    await expect(live.change({ AUTH_TOKEN: ' ' })).rejects.toThrow('AUTH_TOKEN must not be empty')
  })
})
