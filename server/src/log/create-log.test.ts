import { expect, test } from 'vitest'
import { createLog, logLevel } from './create-log.ts'

const canaryKey = 'AIzaSyCanaryCanaryCanaryCanaryCanary0042'
const canaryToken = 'sk-canary-"quoted"-token'

function logInto(lines: string[], level = 'info') {
  const log = createLog({ level, destination: { write: (line) => lines.push(line) } })
  log.scrubber.add(canaryToken)
  return log
}

test('no field, message, error or cause writes a secret to the log', () => {
  const lines: string[] = []
  const log = logInto(lines)
  const cause = new Error(`GET https://host/?key=${canaryKey} failed`)
  log.info({ address: `https://host/?key=${canaryKey}`, token: canaryToken }, `used ${canaryKey}`)
  log.error({ err: new Error(`refused ${canaryToken}`, { cause }) }, 'an attempt failed')
  log.warn({ nested: { deep: [{ authorization: `Bearer ${canaryToken}` }] } })
  log.pino.child({ bound: canaryKey }).info('a child speaks')

  expect(lines).toHaveLength(4)
  for (const line of lines) {
    expect(line).not.toContain('Canary')
    expect(line).not.toContain('sk-canary')
    expect(line).toContain('…')
    expect(JSON.parse(line)).toHaveProperty('level')
  }
})

test('a line has its level as a name and its time in ISO 8601', () => {
  const lines: string[] = []
  logInto(lines).warn('careful')
  const line: unknown = JSON.parse(lines[0] ?? '')
  expect(line).toMatchObject({ level: 'warn', msg: 'careful' })
  expect(line).toHaveProperty('time', expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/))
})

test('the level changes while the log is in use', () => {
  const lines: string[] = []
  const log = logInto(lines, 'ERROR')
  log.info('unheard')
  log.setLevel('DEBUG')
  log.debug('heard')
  expect(lines.map((line) => JSON.parse(line).msg)).toEqual(['heard'])
})

test('levels have the names of pino or of Python', () => {
  expect(['WARNING', 'critical', 'Info', 'debug', 'nonsense'].map(logLevel)).toEqual([
    'warn',
    'fatal',
    'info',
    'debug',
    'info',
  ])
})
