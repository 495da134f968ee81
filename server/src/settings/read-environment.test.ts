import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { useTemporaryFolder } from '../runtime/testing/temporary-folder.ts'
import { readEnvironment as read } from './read-environment.ts'

const folder = useTemporaryFolder()

const readEnvironment = (...args: Parameters<typeof read>) => read(...args).environment

function fileOf(text: string): string {
  const path = join(folder(), '.env')
  writeFileSync(path, text)
  return path
}

test('the environment wins over the file, and the file over nothing', () => {
  const path = fileOf('MAX_RETRIES=5\r\nMAX_FAILURES=7 # a remark\n')
  expect(readEnvironment({ MAX_RETRIES: '2' }, path)).toEqual({
    MAX_RETRIES: '2',
    MAX_FAILURES: '7',
  })
})

test('lists and maps are read from a file in the usual notations', () => {
  const path = fileOf(
    `API_KEYS=["a","b"]\nALLOWED_TOKENS='["c"]'\nCUSTOM_HEADERS={"X-A": "b"}\nPRO_MODELS=a,b`,
  )
  expect(readEnvironment({}, path)).toEqual({
    API_KEYS: '["a","b"]',
    ALLOWED_TOKENS: '["c"]',
    CUSTOM_HEADERS: '{"X-A": "b"}',
    PRO_MODELS: 'a,b',
  })
})

test('an empty value is no value, and in the environment hides the one of the file', () => {
  const path = fileOf('MAX_RETRIES=5\nAUTH_TOKEN=\n')
  expect(readEnvironment({ MAX_RETRIES: '' }, path)).toEqual({})
})

test('lower-case names work where the upper-case name is missing', () => {
  const path = fileOf('max_failures=7\n')
  const environment = { max_retries: '4', time_out: '9', TIME_OUT: '8' }
  expect(readEnvironment(environment, path)).toEqual({
    MAX_RETRIES: '4',
    TIME_OUT: '8',
    MAX_FAILURES: '7',
  })
})

test('unknown names are left out', () => {
  expect(readEnvironment({ PATH: '/bin', HOME: '/' }, fileOf('OTHER=1'))).toEqual({})
})

test('a missing file, or a folder in its place, gives no settings', () => {
  expect(readEnvironment({}, join(folder(), 'none'))).toEqual({})
  mkdirSync(join(folder(), 'folder'))
  expect(readEnvironment({}, join(folder(), 'folder'))).toEqual({})
})

test('a byte order mark, also of UTF-16, is no part of the first name', () => {
  const text = 'MAX_RETRIES=5\r\nMAX_FAILURES=7\r\n'
  const files = [
    Buffer.from(`\uFEFF${text}`),
    Buffer.from(`\uFEFF${text}`, 'utf16le'),
    Buffer.from(`\uFEFF${text}`, 'utf16le').swap16(),
  ]
  for (const bytes of files) {
    const path = join(folder(), '.env')
    writeFileSync(path, bytes)
    expect(read({}, path)).toMatchObject({
      environment: { MAX_RETRIES: '5', MAX_FAILURES: '7' },
      warnings: [],
    })
  }
})

test('quotes and line ends that Docker leaves around a variable are no part of its value', () => {
  const environment = {
    MYSQL_PASSWORD: 'a word\r',
    AUTH_TOKEN: '"a token"',
    MAX_RETRIES: "'5'",
    API_KEYS: String.raw`"[\"a\"]"`,
    ALLOWED_TOKENS: '"a","b"',
  }
  expect(readEnvironment(environment, 'none')).toEqual({
    MYSQL_PASSWORD: 'a word',
    AUTH_TOKEN: 'a token',
    MAX_RETRIES: '5',
    API_KEYS: '["a"]',
    ALLOWED_TOKENS: '"a","b"',
  })
})

test('of a name that is set twice the last counts, and the line of the other is named', () => {
  const { environment, warnings } = read({}, fileOf('MAX_RETRIES=5\n\nMAX_RETRIES=7\n'))
  expect(environment).toEqual({ MAX_RETRIES: '7' })
  expect(warnings).toEqual(['Line 1 of .env: MAX_RETRIES is set again in line 3, which counts.'])
  expect(read({}, fileOf('MAX_RETRIES=5\nMAX_RETRIES=5')).warnings).toEqual([])
})

test('the line of a value is known, unless the environment has another', () => {
  const path = fileOf('# a remark\nMAX_RETRIES=x\nMAX_FAILURES=y')
  expect([...read({ MAX_FAILURES: '2' }, path).lines]).toEqual([['MAX_RETRIES', 2]])
})

test('no warning holds a value', () => {
  const canary = 'canary-value'
  const lines = [
    canary,
    `: ${canary}`,
    `MAX_RETRYS=${canary}`,
    `MAX_RETRIES="${canary}`,
    `API_KEYS=${canary}`,
    `API_KEYS=${canary}-2`,
    `PAID_KEY=${canary}`,
    `OTHER=${canary}`,
    `c2VjcmV0IGNhbmFyeQ==${canary}`,
    `- API_KEYS=${canary}`,
  ]
  const { warnings } = read({ MAX_RETRYS: canary, PAID_KEY: canary }, fileOf(lines.join('\n')))
  expect(warnings.length).toBeGreaterThan(6)
  expect(warnings.join('\n')).not.toMatch(/canary|c2Vj/)
})
