import { SettingsRefused } from '@gemini-balance/contract'
import { expect, test } from 'vitest'
import { createLiveSettings } from '../../settings/live-settings.ts'
import { configHandlers } from './config-handlers.ts'

const key = 'AIzaSyCanaryCanaryCanaryCanaryCanary0042'
const token = 'sk-canary-token-0001'

async function open() {
  const live = await createLiveSettings({
    environment: { API_KEYS: key, ALLOWED_TOKENS: token, MAX_RETRIES: '5' },
    store: { all: () => Promise.resolve(new Map()), write: () => Promise.resolve() },
  })
  return { live, ...configHandlers(live) }
}

test('every setting is shown with its origin, and no secret in the clear', async () => {
  const { getConfig, live } = await open()
  const { settings } = await getConfig({})
  const byName = new Map(settings.map((setting) => [setting.name, setting]))
  expect(settings).toHaveLength(Object.keys(live.current()).length)
  expect(byName.get('MAX_RETRIES')).toMatchObject({ origin: 'environment', value: 5 })
  expect(byName.get('TIME_OUT')).toMatchObject({ origin: 'default', value: 300 })
  expect(byName.get('API_KEYS')).toMatchObject({ secret: true, value: ['…0042'] })
  expect(JSON.stringify(settings)).not.toMatch(/anary/)
})

test('a change is answered with what holds now', async () => {
  const { putConfig } = await open()
  const { settings } = await putConfig({ MAX_RETRIES: 7, timeOut: '60' })
  const values = settings.filter(({ name }) => ['MAX_RETRIES', 'TIME_OUT'].includes(name))
  expect(values.map(({ value, origin }) => [value, origin])).toEqual([
    [60, 'database'],
    [7, 'database'],
  ])
})

test('the whole configuration can be sent back as it was shown', async () => {
  const { getConfig, putConfig, live } = await open()
  const { settings } = await getConfig({})
  const before = live.current()
  await putConfig(
    Object.fromEntries(settings.filter((one) => one.live).map(({ name, value }) => [name, value])),
  )
  expect(live.current()).toEqual(before)
})

test('a shortened secret is never stored', async () => {
  const { putConfig, live } = await open()
  await expect(putConfig({ ALLOWED_TOKENS: ['…9999'] })).rejects.toThrow(
    'ALLOWED_TOKENS has a shortened value',
  )
  await expect(putConfig({ authToken: '…' })).rejects.toThrow(SettingsRefused)
  expect(live.current().allowedTokens).toEqual([token])
})

test('what is refused is named, and never repeated', async () => {
  const { putConfig } = await open()
  const refused = putConfig({ ALLOWED_TOKENS: { secret: 'canary' }, NO_SUCH: 1 })
  await expect(refused).rejects.toThrow('NO_SUCH is not a setting')
  await expect(putConfig({ ALLOWED_TOKENS: { secret: 'canary' } })).rejects.toThrow(
    /^ALLOWED_TOKENS must be a list\.$/,
  )
})
