import { describe, expect, test } from 'vitest'
import { verdictNames, verdicts, type Blame, type VerdictName } from '../google/verdicts.ts'
import { nextStep, freshRetryState, type RetryState } from './next-step.ts'

const limits = { maxRetries: 3, maxKeySwitches: 4 }

function stepsUntilTheEnd(
  verdict: VerdictName,
  maxRetries = limits.maxRetries,
  maxKeySwitches = limits.maxKeySwitches,
): string[] {
  const steps: string[] = []
  for (let retryState: RetryState = freshRetryState; ;) {
    const decision = nextStep({ verdict, status: 0 }, retryState, { maxRetries, maxKeySwitches })
    steps.push(decision.step)
    if (!('retryState' in decision)) return steps
    retryState = decision.retryState
  }
}

const namesWith = (next: string) =>
  Object.entries(verdicts)
    .filter(([, verdict]) => verdict.next === next)
    .map(([name]) => name)

const namesOf = (...blamed: readonly Blame[]) =>
  verdictNames.filter((name) => blamed.includes(verdicts[name].blame))

test('every verdict stops retrying', () => {
  for (const name of Object.keys(verdicts)) {
    const verdict = Object.keys(verdicts).find((one): one is VerdictName => one === name)
    if (verdict !== undefined) expect(stepsUntilTheEnd(verdict).length).toBeLessThan(10)
  }
})

test('MAX_RETRIES limits attempts for failures that are not a key’s fault', () => {
  expect(namesWith('retry')).toContain('answer-empty')
  expect(stepsUntilTheEnd('answer-empty')).toEqual(['again', 'again', 'deliver'])
  expect(stepsUntilTheEnd('upstream-failed', 1)).toEqual(['deliver'])
})

test('MAX_RETRIES 0 means one attempt', () => {
  expect(stepsUntilTheEnd('upstream-failed', 0)).toEqual(['deliver'])
})

test('MAX_KEY_SWITCHES, not MAX_RETRIES, limits switches away from exhausted keys', () => {
  expect(stepsUntilTheEnd('quota-spent', 1)).toEqual([...Array(4).fill('another-key'), 'deliver'])
})

test.each(namesOf('key', 'project'))('the fifth %s ends a request', (verdict) => {
  expect(stepsUntilTheEnd(verdict, 1, 8)).toEqual([...Array(4).fill('another-key'), 'deliver'])
})

test('different refusals of different keys do not end a request', () => {
  let retryState: RetryState = freshRetryState
  for (const verdict of ['key-invalid', 'key-leaked', 'project-suspended'] as const) {
    const decision = nextStep({ verdict, status: 403 }, retryState, limits)
    expect(decision.step).toBe('another-key')
    if ('retryState' in decision) retryState = decision.retryState
  }
})

test('an unknown model is tried in one other project', () => {
  expect(stepsUntilTheEnd('model-not-found')).toEqual(['another-project', 'deliver'])
})

test.each(['credentials-doubled', 'timed-out'] as const)(
  '%s is tried at most once more, within MAX_RETRIES',
  (verdict) => {
    expect(stepsUntilTheEnd(verdict, 9)).toEqual(['again', 'deliver'])
    expect(stepsUntilTheEnd(verdict, 1)).toEqual(['deliver'])
  },
)

describe('there is no retry', () => {
  test.each([
    'answered',
    'answer-withheld',
    'request-refused',
    'resource-denied',
    'stream-cut',
  ] as const)('after %s', (verdict) => {
    expect(stepsUntilTheEnd(verdict)).toEqual(['deliver'])
  })

  test('after the client has disconnected', () => {
    expect(stepsUntilTheEnd('client-left')).toEqual(['stop'])
  })
})
