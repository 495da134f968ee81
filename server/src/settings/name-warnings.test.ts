import { expect, test } from 'vitest'
import { editDistance } from './closest-name.ts'
import { nameWarnings } from './name-warnings.ts'

const inFile = (...names: string[]) =>
  nameWarnings({
    process: [],
    file: names.map((name, index) => ({ name, value: 'x', line: index + 1 })),
  })
const inProcess = (...process: string[]) => nameWarnings({ process, file: [] })

test.each([
  ['MAX_RETRYS', 'MAX_RETRIES'],
  ['API_KEY', 'API_KEYS'],
  ['ALOWED_TOKENS', 'ALLOWED_TOKENS'],
  ['max_retires', 'MAX_RETRIES'],
  ['TIMEOUT', 'TIME_OUT'],
  ['PROT', 'PORT'],
])('the line of %s asks whether %s is meant', (name, meant) => {
  expect(inFile('PORT', name)).toEqual([
    `Line 2 of .env: ${name.toUpperCase()} is not a setting. Did you mean ${meant}?`,
  ])
})

test('a misspelt name of the Python program is answered with what replaces it', () => {
  expect(inFile('PAID_KEYS')).toEqual([
    'Line 1 of .env: PAID_KEYS is not a setting. PAID_KEY is not used either. Add the key to API_KEYS. Paid projects are recognized by their quotas.',
  ])
})

test('settings, in any case, and variables of commands are not named', () => {
  expect(inFile('API_KEYS', 'port', 'BACKUP_PASSPHRASE', 'NEW_ENCRYPTION_KEY')).toEqual([])
  expect(inProcess('API_KEYS', 'port', 'no_proxy', 'BACKUP_PASSPHRASE')).toEqual([])
})

test('other names of a file are one sentence, and one that may hold a secret is not shown', () => {
  expect(inFile('COMPOSE_PROJECT_NAME', 'c2VjcmV0', 'DEBUG')).toEqual([
    'These names of .env are no settings and are not used: COMPOSE_PROJECT_NAME (line 1), … (line 2), DEBUG (line 3).',
  ])
  const many = inFile(...Array.from({ length: 30 }, (_, at) => `OTHER_PROGRAM_${at}`))
  expect(many).toHaveLength(1)
  expect(many[0]).toContain('20 more')
})

test('of the process, only what is nearly the name of a setting is named', () => {
  const others = [
    'PATH',
    'HOME',
    'GOPROXY',
    'http_proxy',
    'TZ',
    'NODE_OPTIONS',
    'PROT',
    'npm_config_x',
  ]
  expect(inProcess(...others, 'GEMINI_API_KEY', 'OPENAI_API_KEY', 'HOSTNAME')).toEqual([])
  expect(inProcess('MAX_RETRYS')).toEqual([
    'MAX_RETRYS is not a setting. Did you mean MAX_RETRIES?',
  ])
})

test('variables of the Python program are named once with what replaces them', () => {
  const sentence = 'PICGO_API_KEY, OSS_REGION are not used. Images are part of the answer.'
  for (const warnings of [
    inFile('OSS_REGION', 'PICGO_API_KEY'),
    inProcess('OSS_REGION', 'PICGO_API_KEY'),
    nameWarnings({
      process: ['OSS_REGION'],
      file: [{ name: 'PICGO_API_KEY', value: '', line: 1 }],
    }),
  ]) {
    expect(warnings).toHaveLength(1)
    expect(warnings[0]).toContain(sentence)
  }
  expect(inFile('TZ')).toHaveLength(1)
})

test.each([
  ['', '', 0],
  ['', 'ABC', 3],
  ['PORT', 'PORT', 0],
  ['PROT', 'PORT', 1],
  ['PRT', 'PORT', 1],
  ['PORTS', 'PORT', 1],
  ['PART', 'PORT', 1],
  ['KITTEN', 'SITTING', 3],
])('%s and %s differ in %i letters', (one, other, distance) => {
  expect(editDistance(one, other)).toBe(distance)
  expect(editDistance(other, one)).toBe(distance)
})
