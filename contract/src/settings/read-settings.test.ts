import { describe, expect, test } from 'vitest'
import { readSettings, settingEntries, SettingsError } from '../index.ts'

function problems(values: Record<string, unknown>): string {
  try {
    readSettings(values)
    return ''
  } catch (error) {
    if (error instanceof SettingsError) return error.message
    throw error
  }
}

test('without any value every setting has its default', () => {
  const settings = readSettings({})
  expect(settings).toMatchObject({
    port: 8000,
    dataDir: './data',
    databaseType: 'auto',
    maxRetries: 3,
  })
  expect(settings.baseUrl).toBe('https://generativelanguage.googleapis.com/v1beta')
  expect(settings.safetySettings).toHaveLength(5)
})

test('every setting has facts, a unique name and a help sentence', () => {
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
    expect(readSettings({ THINKING_BUDGET_MAP: ' ' }).thinkingBudgetMap).toEqual({})
    expect(readSettings({ CUSTOM_HEADERS: '{"X-A":"b c"}' }).customHeaders).toEqual({
      'X-A': 'b c',
    })
  })

  test('a number may stand as text', () => {
    expect(readSettings({ MAX_RETRIES: ' 7 ', KEY_TTL_HOURS: '1.5' })).toMatchObject({
      maxRetries: 7,
      keyTtlHours: 1.5,
    })
  })

  test.each(['true', '1', 'YES', 'on'])('%s is true', (word) => {
    expect(readSettings({ URL_CONTEXT_ENABLED: word }).urlContextEnabled).toBe(true)
  })
})

describe('what cannot be used', () => {
  test('is reported with all its problems, by the name of the setting', () => {
    const message = problems({
      PORT: 'x',
      MAX_RETRIES: '11',
      DATABASE_TYPE: 'oracle',
      BASE_URL: 'ftp://x',
    })
    expect(message.split('\n')).toHaveLength(4)
    expect(message).toContain('PORT must be a whole number from 0 to 65535')
    expect(message).toContain('MAX_RETRIES must be a whole number from 0 to 10')
    expect(message).toContain('DATABASE_TYPE must be one of auto, sqlite, mysql, postgresql')
    expect(message).toContain('BASE_URL')
  })

  test.each([
    [{ MAX_RETRIES: '' }, 'MAX_RETRIES must be a whole number from 0 to 10.'],
    [{ MAX_RETRIES: true }, 'MAX_RETRIES must be a whole number'],
    [{ MAX_RETRIES: [5] }, 'MAX_RETRIES must be a whole number'],
    [{ MAX_RETRIES: '0x3' }, 'MAX_RETRIES must be a whole number'],
    [{ KEY_TTL_HOURS: ' ' }, 'KEY_TTL_HOURS must be a number from 0.01 to 720.'],
    [{ THINKING_BUDGET_MAP: { m: null } }, 'THINKING_BUDGET_MAP (item m) must be a whole number'],
    [{ ALLOWED_TOKENS: '[broken' }, 'ALLOWED_TOKENS must be a list.'],
    [{ ALLOWED_TOKENS: ['a', ''] }, 'ALLOWED_TOKENS (item 1) must not be empty.'],
    [{ URL_CONTEXT_ENABLED: 'maybe' }, 'URL_CONTEXT_ENABLED must be true or false.'],
    [{ CUSTOM_HEADERS: '{' }, 'CUSTOM_HEADERS must be a JSON object.'],
    [{ CUSTOM_HEADERS: { 'a b': 'c' } }, 'CUSTOM_HEADERS must have names that headers can have.'],
    [
      { CUSTOM_HEADERS: { a: 'b\r\nc: d' } },
      'CUSTOM_HEADERS (item a) must be the value of a header',
    ],
    [{ SQLITE_DATABASE: '../x.db' }, 'SQLITE_DATABASE must be a file name.'],
    [{ SQLITE_DATABASE: '..' }, 'SQLITE_DATABASE must be a file name.'],
    [{ SAFETY_SETTINGS: '[{"category":"A"}]' }, 'SAFETY_SETTINGS (item 0.threshold) must be text.'],
  ])('%j is refused in a sentence', (values, sentence) => {
    expect(problems(values)).toContain(sentence)
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
