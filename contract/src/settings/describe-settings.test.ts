import { expect, test } from 'vitest'
import { describeSettings, findSetting, readSettings, settingEntries } from '../index.ts'

const described = new Map(describeSettings().map((setting) => [setting.env, setting]))

test('every setting is described, in the order of the table', () => {
  expect([...described.keys()]).toEqual(settingEntries.map(({ env }) => env))
})

test('a description says what a value is, its bounds and its default', () => {
  expect(described.get('MAX_RETRIES')).toMatchObject({
    kind: 'whole number',
    bounds: '0 to 10',
    defaultText: '3',
    live: true,
  })
  expect(described.get('LOG_LEVEL')?.bounds).toContain('debug, info')
  expect(described.get('API_KEYS')).toMatchObject({ kind: 'list of text', defaultText: '' })
  expect(described.get('SAFETY_SETTINGS')?.kind).toBe('list of objects')
  expect(described.get('THINKING_BUDGET_MAP')?.kind).toBe('map to whole number')
  expect(described.get('CUSTOM_HEADERS')).toMatchObject({ kind: 'map to text', defaultText: '' })
  expect(described.get('URL_CONTEXT_ENABLED')).toMatchObject({
    kind: 'true or false',
    bounds: undefined,
    defaultText: 'false',
  })
})

test('a default, read as it is written, is the default', () => {
  const written = [...described.values()]
    .filter(({ defaultText }) => defaultText !== '')
    .map(({ env, defaultText }) => [env, defaultText])
  expect(readSettings(Object.fromEntries(written))).toEqual(readSettings({}))
})

test('a number beyond its described bounds is refused', () => {
  const numbers = [...described.values()].filter(({ kind }) => kind.endsWith('number'))
  for (const { env, bounds = '' } of numbers) {
    const [least = Number.NaN, most = Number.NaN] = bounds.split(' to ').map(Number)
    const isMap = findSetting(env)?.name === 'thinkingBudgetMap'
    const value = (number: number) => (isMap ? { m: number } : number)
    expect(() => readSettings({ [env]: value(least - 1) })).toThrow(env)
    expect(() => readSettings({ [env]: value(most + 1) })).toThrow(env)
    expect(() => readSettings({ [env]: value(most) })).not.toThrow()
  }
})
