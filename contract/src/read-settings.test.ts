import { describe, expect, test } from 'vitest'
import { readSettings, settingEntries, SettingsRefused } from './index.ts'

function problems(values: Record<string, unknown>): string {
  try {
    readSettings(values)
    return ''
  } catch (error) {
    if (error instanceof SettingsRefused) return error.message
    throw error
  }
}

test('without any value every setting has its default', () => {
  const settings = readSettings({})
  expect(settings).toMatchObject({
    port: 8000,
    dataDir: './data',
    databaseType: 'sqlite',
    maxRetries: 3,
  })
  expect(settings.baseUrl).toBe('https://generativelanguage.googleapis.com/v1beta')
  expect(settings.safetySettings).toHaveLength(5)
})

test('every setting has facts, a name of its own and a help sentence', () => {
  expect(new Set(settingEntries.map(({ env }) => env)).size).toBe(settingEntries.length)
  for (const { env, help } of settingEntries) {
    expect(env).toMatch(/^[A-Z][A-Z_]+$/)
    expect(help).toMatch(/\.$/)
  }
})

describe('text forms', () => {
  test('a list is a JSON array or items between commas', () => {
    expect(readSettings({ API_KEYS: '["a","b"]' }).apiKeys).toEqual(['a', 'b'])
    expect(readSettings({ API_KEYS: ' a, b ,\nc,' }).apiKeys).toEqual(['a', 'b', 'c'])
    expect(readSettings({ API_KEYS: '' }).apiKeys).toEqual([])
  })

  test('a map is a JSON object, in either kind of quotes', () => {
    expect(readSettings({ THINKING_BUDGET_MAP: '{"m":-1}' }).thinkingBudgetMap).toEqual({ m: -1 })
    expect(readSettings({ THINKING_BUDGET_MAP: "{'m': 5}" }).thinkingBudgetMap).toEqual({ m: 5 })
  })

  test.each(['true', '1', 'YES', 'on'])('%s is true', (word) => {
    expect(readSettings({ URL_CONTEXT_ENABLED: word }).urlContextEnabled).toBe(true)
  })
})

describe('what cannot be used', () => {
  test('is told all at once, by the name of the setting', () => {
    const told = problems({
      PORT: 'x',
      MAX_RETRIES: '11',
      DATABASE_TYPE: 'oracle',
      BASE_URL: 'ftp://x',
    })
    expect(told.split('\n')).toHaveLength(4)
    expect(told).toContain('PORT must be a number from 0 to 65535')
    expect(told).toContain('MAX_RETRIES must be at most 10')
    expect(told).toContain('DATABASE_TYPE must be one of sqlite')
    expect(told).toContain('BASE_URL')
  })

  test('is never repeated', () => {
    const canary = 'canary-value'
    for (const { env } of settingEntries) {
      expect(problems({ [env]: canary })).not.toContain(canary)
      expect(problems({ [env]: `{"${canary}` })).not.toContain(canary)
      expect(problems({ [env]: `["${canary}", 3]` })).not.toContain(canary)
    }
  })
})
