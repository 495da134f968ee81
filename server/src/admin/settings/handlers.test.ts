import { SettingsError } from '@gemini-balance/contract'
import { expect, test } from 'vitest'
import { Secret } from '../../log/secret.ts'
import { createLiveSettings } from '../../settings/live-settings.ts'
import type { AuditEntry } from '../audit/auditor.ts'
import { settingsHandlers } from './handlers.ts'

const key = 'AIzaSyCanaryCanaryCanaryCanaryCanary0042'
const token = 'sk-canary-token-0001'

async function open() {
  const live = await createLiveSettings({
    environment: {
      API_KEYS: key,
      ALLOWED_TOKENS: token,
      AUTH_TOKEN: 'an-admin-token-0007',
      MAX_RETRIES: '5',
    },
    store: { all: () => Promise.resolve(new Map()), write: () => Promise.resolve() },
  })
  const rows = [
    {
      id: 1,
      secret: new Secret(key),
      lastFour: '0042',
      label: undefined,
      note: undefined,
      tags: [],
    },
  ].map((row) => ({ ...row, createdAt: 1, firstUsedAt: undefined, lastUsedAt: undefined }))
  const replaced: (readonly string[])[] = []
  const audited: AuditEntry[] = []
  const handlers = settingsHandlers({
    settings: live,
    keyRegistry: {
      all: () => rows.values(),
      replaceAll(values) {
        replaced.push(values)
        return Promise.resolve({ added: [], removed: [] })
      },
    },
    audit: (_by, ...entries) => Promise.resolve(void audited.push(...entries)),
  })
  return {
    live,
    replaced,
    audited,
    getSettings: () => handlers.getSettings({}, me),
    changeSettings: (patch: Record<string, unknown>) => handlers.changeSettings(patch, me),
    resetSettings: (names?: string[]) =>
      handlers.resetSettings(names === undefined ? {} : { names }, me),
  }
}

const me = { name: 'a person' }

test('every setting is shown with its origin, and no secret in the clear', async () => {
  const { getSettings, live } = await open()
  const { settings } = await getSettings()
  const byName = new Map(settings.map((setting) => [setting.name, setting]))
  expect(settings).toHaveLength(Object.keys(live.current()).length)
  expect(byName.get('MAX_RETRIES')).toMatchObject({ origin: 'environment', value: 5 })
  expect(byName.get('TIME_OUT')).toMatchObject({ origin: 'default', value: 300 })
  expect(byName.get('API_KEYS')).toMatchObject({ secret: true, value: ['…0042'] })
  expect(JSON.stringify(settings)).not.toMatch(/anary/)
})

test('a change is answered with the settings after it', async () => {
  const { changeSettings } = await open()
  const { settings } = await changeSettings({ MAX_RETRIES: 7, timeOut: '60' })
  const values = settings.filter(({ name }) => ['MAX_RETRIES', 'TIME_OUT'].includes(name))
  expect(values.map(({ value, origin }) => [value, origin])).toEqual([
    [60, 'database'],
    [7, 'database'],
  ])
})

test('all settings can be sent back as they were answered', async () => {
  const { getSettings, changeSettings, live, replaced } = await open()
  const { settings } = await getSettings()
  const before = live.current()
  await changeSettings(
    Object.fromEntries(settings.filter((one) => one.live).map(({ name, value }) => [name, value])),
  )
  expect(live.current()).toEqual(before)
  expect(replaced).toEqual([[key]])
})

test('a masked secret is never stored', async () => {
  const { changeSettings, live } = await open()
  await expect(changeSettings({ ALLOWED_TOKENS: ['…9999'] })).rejects.toThrow(
    'ALLOWED_TOKENS has a masked value',
  )
  await expect(changeSettings({ authToken: '…' })).rejects.toThrow(SettingsError)
  expect(live.current().allowedTokens).toEqual([token])
})

test('a refused value is named, and never repeated', async () => {
  const { changeSettings } = await open()
  const refused = changeSettings({ ALLOWED_TOKENS: { secret: 'canary' }, NO_SUCH: 1 })
  await expect(refused).rejects.toThrow('NO_SUCH is not a setting')
  await expect(changeSettings({ ALLOWED_TOKENS: { secret: 'canary' } })).rejects.toThrow(
    /^ALLOWED_TOKENS must be a list\.$/,
  )
})

test('a change is recorded with old and new value, a secret without', async () => {
  const { changeSettings, audited } = await open()
  await changeSettings({ MAX_RETRIES: 7, ALLOWED_TOKENS: ['sk-brand-new-0009'] })
  expect(audited).toEqual([
    { action: 'setting-changed', subject: 'ALLOWED_TOKENS' },
    { action: 'setting-changed', subject: 'MAX_RETRIES', detail: { from: 5, to: 7 } },
  ])
})

test('keys and settings in one patch are refused together', async () => {
  const { changeSettings, live, replaced } = await open()
  await expect(changeSettings({ MAX_RETRIES: 7, API_KEYS: ['…9999'] })).rejects.toThrow(
    'API_KEYS has a masked value',
  )
  await expect(changeSettings({ MAX_RETRIES: 99, API_KEYS: ['…0042'] })).rejects.toThrow(
    'MAX_RETRIES',
  )
  expect(live.current().maxRetries).toBe(5)
  expect(replaced).toEqual([])
})

test('a reset restores the values of the environment', async () => {
  const { changeSettings, resetSettings, live } = await open()
  await changeSettings({ MAX_RETRIES: 7, TIME_OUT: 60 })
  await resetSettings(['MAX_RETRIES'])
  expect(live.current()).toMatchObject({ maxRetries: 5, timeOut: 60 })
  await resetSettings()
  expect(live.current()).toMatchObject({ maxRetries: 5, timeOut: 300 })
})
