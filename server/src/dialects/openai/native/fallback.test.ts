import { describe, expect, test } from 'vitest'
import type { VerdictName } from '../../../google/verdicts.ts'
import { failure, FailureError } from '../../failures.ts'
import { createFallback } from './fallback.ts'

const refused = failure('google_error', 'Refused.', { status: 400 })
const minute = 60_000

/** A fallback whose relay fails with each of these verdicts in turn; undefined: without a key. */
function open(...verdicts: (VerdictName | 'relayed' | undefined)[]) {
  const clock = { now: 0 }
  const lines: string[] = []
  const fallback = createFallback({ now: () => clock.now, log: (line) => void lines.push(line) })
  let calls = 0
  /** Serves one request; returns what was called. */
  async function serve(): Promise<string[]> {
    const called: string[] = []
    await fallback({
      async relay() {
        called.push('relay')
        const verdict = verdicts[Math.min(calls, verdicts.length - 1)]
        calls += 1
        if (verdict === 'relayed') return undefined
        const last = verdict === undefined ? undefined : { verdict, status: 400 }
        return { kind: 'refused', failure: refused, last }
      },
      async translate(reason) {
        called.push(reason === undefined ? 'translate' : `translate after ${reason.message}`)
      },
    })
    return called
  }
  return { clock, lines, serve }
}

const both = ['relay', 'translate after Refused.']

describe('a request', () => {
  test('that is relayed is not translated', async () => {
    const { serve, lines } = open('relayed')
    expect(await serve()).toEqual(['relay'])
    expect(lines).toEqual([])
  })

  test.each([undefined, 'bearer-refused', 'key-invalid', 'quota-zero', 'model-closed'] as const)(
    'is translated when no key can serve it: %s',
    async (verdict) => {
      expect(await open(verdict).serve()).toEqual(both)
    },
  )

  test.each([
    'request-refused',
    'model-not-found',
    'model-overloaded',
    'upstream-failed',
    'network-failed',
    'timed-out',
  ] as const)('fails when translation cannot help: %s', async (verdict) => {
    await expect(open(verdict).serve()).rejects.toThrow(FailureError)
  })
})

describe('after the endpoint has refused the kind of a key', () => {
  test('requests are translated for ten minutes without a relay', async () => {
    const { clock, serve } = open('bearer-refused', 'relayed')
    await serve()
    clock.now = 10 * minute - 1
    expect(await serve()).toEqual(['translate'])
    clock.now = 10 * minute
    expect(await serve()).toEqual(['relay'])
  })

  test('any other refusal does not stop the relay', async () => {
    const { serve } = open('key-invalid')
    await serve()
    expect(await serve()).toEqual(both)
  })
})

test('translation is logged at most every five minutes', async () => {
  const { clock, lines, serve } = open(undefined)
  await serve()
  clock.now = 5 * minute - 1
  await serve()
  expect(lines).toEqual(['Requests to /openai/v1 are translated, not relayed: Refused.'])
  clock.now = 5 * minute
  await serve()
  expect(lines).toHaveLength(2)
})
