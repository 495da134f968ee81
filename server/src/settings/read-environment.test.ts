import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { useTemporaryFolder } from '../runtime/testing/temporary-folder.ts'
import { readEnvironment } from './read-environment.ts'

const folder = useTemporaryFolder()

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
