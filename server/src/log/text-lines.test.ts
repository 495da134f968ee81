import { expect, test } from 'vitest'
import { createLog } from './create-log.ts'
import { chooseLogFormat, type LogFormat, type Terminal } from './log-format.ts'

const plain = { isColoured: false, hasDate: false }

function logInto(lines: string[], format: LogFormat = plain) {
  return createLog({
    level: 'trace',
    format,
    destination: { write: (line) => lines.push(line) },
  })
}

const withCode = (code: string, message: string) => Object.assign(new Error(message), { code })

test('a line is level, time and sentence, in columns', () => {
  const lines: string[] = []
  const log = logInto(lines)
  log.info('One.')
  log.warn('Two.')
  log.error('Three.')
  expect(lines.map((line) => line.replace(/\d\d:\d\d:\d\d/, 'hh:mm:ss'))).toEqual([
    'INFO  hh:mm:ss One.\n',
    'WARN  hh:mm:ss Two.\n',
    'ERROR hh:mm:ss Three.\n',
  ])
})

test('the time has its date where lines are not on a terminal', () => {
  const lines: string[] = []
  logInto(lines, { isColoured: false, hasDate: true }).info('One.')
  expect(lines[0]).toMatch(/^INFO {2}\d{4}-\d\d-\d\d \d\d:\d\d:\d\d One\.\n$/)
})

test('details follow the sentence, and what the sentence says already does not', () => {
  const lines: string[] = []
  const event = { kind: 'egress-down', verdict: 'network-failed' }
  logInto(lines).warn({ event, address: '127.0.0.1', list: ['a'] }, 'One.')
  expect(lines[0]).toMatch(/One\. address=127\.0\.0\.1 list=\["a"\]\n$/)
})

test('an expected error is its message and that of its cause, without a stack', () => {
  const lines: string[] = []
  const cause = withCode('ECONNREFUSED', 'connect ECONNREFUSED 127.0.0.1:1')
  const err = Object.assign(new Error('The database is away.', { cause }), { code: 'LOST' })
  logInto(lines).error({ err }, 'A row is not written.')
  logInto(lines, 'json').error({ err }, 'A row is not written.')
  expect(lines[0]).toMatch(
    /A row is not written\. The database is away\. connect ECONNREFUSED 127\.0\.0\.1:1\n$/,
  )
  for (const line of lines) expect(line).not.toContain(' at ')
  expect(JSON.parse(lines[1] ?? '').err).toMatchObject({
    message: 'The database is away.',
    code: 'LOST',
    cause: { code: 'ECONNREFUSED' },
  })
})

test('a bug has its stack, indented', () => {
  const lines: string[] = []
  logInto(lines).error({ err: new TypeError('x is not a function') }, 'It failed.')
  logInto(lines).error({ err: withCode('ERR_INVALID_ARG_TYPE', 'not a text') }, 'It failed.')
  for (const line of lines) expect(line).toMatch(/\n {6}at .*text-lines\.test/)
  expect(lines[0]).toContain('It failed. x is not a function')
})

test('text of others cannot move the cursor, colour the terminal or begin a line', () => {
  const lines: string[] = []
  const hostile = '\u001b[2J\u009b31m\r\nINFO 12:00:00 All is well.\u202e\u2028\u0007'
  const log = logInto(lines)
  log.info({ [hostile]: hostile, err: withCode('E', hostile) }, hostile)
  log.info({ err: hostile }, 'One.')
  for (const line of lines) {
    expect(line.slice(0, -1)).not.toMatch(/[\p{Cc}\p{Zl}\u202e]/u)
    expect(line.endsWith('\n')).toBe(true)
  }
})

test('no secret is written, in whatever form it came', () => {
  const lines: string[] = []
  const token = 'sk-canary-"quoted"\n-token'
  const log = logInto(lines)
  log.scrubber.add(token)
  log.info({ token, list: [token] }, `used ${token}`)
  log.error({ err: new Error(token, { cause: withCode('E', token) }) }, 'It failed.')
  log.info(
    `used AIzaSyCanaryCanaryCanaryCanaryCanary0042 and \\u0041IzaSyCanaryCanaryCanaryCanaryCanary0042`,
  )
  for (const line of lines) expect(line).not.toMatch(/canary|Canary/)
})

test('a secret that is a part of the syntax costs the form of the line, not the program', () => {
  const lines: string[] = []
  const log = logInto(lines)
  log.scrubber.add('","msg":"')
  log.info('One.')
  expect(lines).toHaveLength(1)
})

test.each([null, 1, '', [], { a: undefined }, Symbol('x')])('a line of %s is a line', (value) => {
  const lines: string[] = []
  logInto(lines).info({ value, err: value }, 'One.')
  expect(lines[0]).toContain('One.')
})

const terminal: Terminal = { isTTY: true, hasColors: () => true }

test.each<['auto' | 'json' | 'text', Terminal, LogFormat]>([
  ['auto', terminal, { isColoured: true, hasDate: false }],
  ['auto', { isTTY: true, hasColors: () => false }, { isColoured: false, hasDate: false }],
  ['auto', {}, 'json'],
  ['json', terminal, 'json'],
  ['text', {}, { isColoured: false, hasDate: true }],
  ['text', { hasColors: () => true }, { isColoured: false, hasDate: true }],
])('LOG_FORMAT=%s at %o is %o', (setting, at, format) => {
  expect(chooseLogFormat(setting, at)).toEqual(format)
})

test('levels are coloured where the terminal has colours', () => {
  const lines: string[] = []
  logInto(lines, chooseLogFormat('auto', terminal)).warn('One.')
  expect(lines[0]).toContain('\u001b[33mWARN \u001b[0m')
})
