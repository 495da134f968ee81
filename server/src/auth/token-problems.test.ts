import { hash } from 'node:crypto'
import { expect, test } from 'vitest'
import { metricsTokenProblems, weakTokenProblems } from './token-problems.ts'

test.each(['sk-123456', 'SK-123456', 'fifteen-letters', 'your-admin-token', 'a'.repeat(20)])(
  'the admin token %s is too easy to guess',
  (authToken) => {
    expect(weakTokenProblems({ authToken })).toMatchObject([{ setting: 'AUTH_TOKEN' }])
  },
)

test.each(['', 'sixteen-letters-', 'admin-token-for-tests'])(
  'the admin token "%s" is not',
  (authToken) => {
    expect(weakTokenProblems({ authToken })).toEqual([])
  },
)

const settings = { metricsToken: 'metrics', authToken: 'admin', allowedTokens: ['client'] }
const problemsOf = (
  change: Partial<typeof settings>,
  name: string,
  tokens: readonly { digest: string }[] = [],
) => metricsTokenProblems({ ...settings, ...change }, { changed: new Set([name]), tokens })

test('METRICS_TOKEN may be no token of the admin or a client', () => {
  expect(problemsOf({}, 'METRICS_TOKEN')).toEqual([])
  const refused = [{ setting: 'METRICS_TOKEN' }]
  expect(problemsOf({ metricsToken: 'admin' }, 'METRICS_TOKEN')).toMatchObject(refused)
  expect(problemsOf({ metricsToken: 'client' }, 'METRICS_TOKEN')).toMatchObject(refused)
  const stored = [{ digest: hash('sha256', 'metrics') }]
  expect(problemsOf({}, 'METRICS_TOKEN', stored)).toMatchObject(refused)
})

test('no other token may become METRICS_TOKEN', () => {
  expect(problemsOf({ authToken: 'metrics' }, 'AUTH_TOKEN')).toMatchObject([
    { setting: 'AUTH_TOKEN' },
  ])
  expect(problemsOf({ allowedTokens: ['metrics'] }, 'ALLOWED_TOKENS')).toMatchObject([
    { setting: 'ALLOWED_TOKENS' },
  ])
  expect(problemsOf({ authToken: 'metrics' }, 'MAX_RETRIES')).toEqual([])
})
