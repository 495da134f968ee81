import { expect, test } from 'vitest'
import { greetingOf, type GreetingFacts } from './greeting.ts'
import { createPrinter } from './printer.ts'

const facts: GreetingFacts = {
  version: '1.2.3',
  url: 'http://localhost:8000',
  reach: 'All addresses, since a token is set.',
  keys: { active: 2, failing: 0, suspended: 1, dead: 3, disabled: 0 },
  tokens: [
    { name: 'ALLOWED_TOKENS …', source: 'settings', enabled: true, expiresAt: undefined },
    { name: 'a friend', source: 'admin', enabled: true, expiresAt: 2000 },
    { name: 'old', source: 'admin', enabled: true, expiresAt: 500 },
    { name: 'off', source: 'admin', enabled: false, expiresAt: undefined },
  ],
  adminToken: 'environment',
  database: { kind: 'sqlite', path: 'data/gemini-balance.db' },
  now: 1000,
}
const rowOf = (label: string, changed: Partial<GreetingFacts> = {}) =>
  greetingOf({ ...facts, ...changed }).rows.find(([name]) => name === label)?.[1]
const noKeys = { active: 0, failing: 0, suspended: 0, dead: 0, disabled: 0 }

test('only keys that can serve now count, and the others say why not', () => {
  expect(greetingOf(facts).title).toBe(
    'Gemini Balance 1.2.3 listens on http://localhost:8000, with 2 of 6 keys ready.',
  )
  expect(rowOf('Keys')).toBe('2 can serve now, 1 suspended, 3 dead.')
  expect(rowOf('Keys', { keys: { ...noKeys, disabled: 1 } })).toBe(
    'none can serve now, 1 disabled.',
  )
})

test('without keys it says how to add them', () => {
  expect(greetingOf({ ...facts, keys: noKeys }).title).toContain('with no keys yet.')
  expect(rowOf('Keys', { keys: noKeys })).toContain('API_KEYS=key1,key2')
})

test('only tokens that work now count, by where they are from', () => {
  expect(rowOf('Tokens')).toBe(
    '2 for clients (1 of ALLOWED_TOKENS, a friend), 2 disabled or expired; admin: AUTH_TOKEN.',
  )
  expect(rowOf('Tokens', { tokens: [], adminToken: 'new' })).toBe(
    'none for clients; admin: shown above.',
  )
})

test('a database server is shown without user and password', () => {
  const server = {
    host: 'db',
    port: 3306,
    socket: undefined,
    user: 'canary',
    password: undefined,
    database: 'balance',
    tls: { mode: 'off' },
    isFromUrl: false,
  } as const
  expect(rowOf('Database', { database: { kind: 'mysql', ...server } })).toBe(
    'MySQL, balance at db:3306',
  )
  expect(rowOf('Database', { database: { kind: 'mysql', ...server, socket: '/run/s' } })).toBe(
    'MySQL, balance at /run/s',
  )
})

function printed(format: Parameters<typeof createPrinter>[0]): string {
  let text = ''
  const write = (piece: string) => void (text += piece)
  const printer = createPrinter(format, write, (line) => line.replaceAll('secret', '…'))
  printer.adminToken('secret')
  printer.greeting({ title: 'A title with a secret.', rows: [['Keys', 'secret']] })
  printer.row(['Models', '3'])
  printer.line('Stopping.')
  return text
}

test('every line is JSON where the log is', () => {
  const lines = printed('json').trimEnd().split('\n')
  expect(lines.map((line) => JSON.parse(line).msg)).toEqual([
    'Your admin token, shown this once: secret',
    'A title with a ….',
    'Keys: …',
    'Models: 3',
    'Stopping.',
  ])
})

test('only the admin token is printed as it is', () => {
  const text = printed({ isColoured: true, hasDate: false })
  expect(text.match(/secret/g)).toHaveLength(1)
  expect(text).toContain('\n  Keys      …\n  Models    3\n')
})
