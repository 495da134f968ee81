import { expect, test } from 'vitest'
import { createRefusalLog } from './refusal-log.ts'
import type { RefusalRow } from './refusal-row.ts'

function start() {
  const rows: RefusalRow[] = []
  let now = 1_790_000_000_000
  const log = createRefusalLog({ record: (row) => void rows.push(row), now: () => now })
  return {
    rows,
    log,
    pass: (ms: number) => (now += ms),
    refuse: (address: string, code = 'unknown_token', requestId = 'id') =>
      log.refused({
        requestId,
        surface: 'gemini',
        verb: 'POST',
        path: '/v1beta/models',
        code,
        status: 401,
        caller: undefined,
        address,
        message: 'no',
      }),
    sum: () => rows.reduce((sum, { leftOut }) => sum + leftOut + (leftOut === 0 ? 1 : 0), 0),
  }
}

test('ten of one address and code are written in a minute, and the others are counted', () => {
  const { rows, log, refuse, pass } = start()
  for (let index = 0; index < 25; index += 1) refuse('10.0.0.1', 'unknown_token', `id-${index}`)
  refuse('10.0.0.2')
  refuse('10.0.0.1', 'not_found')
  expect(rows.map(({ requestId }) => requestId).slice(0, 10)).toEqual(
    Array.from({ length: 10 }, (_, index) => `id-${index}`),
  )
  expect(rows).toHaveLength(12)
  log.flush()
  expect(rows.at(-1)).toMatchObject({ code: 'unknown_token', leftOut: 15, address: '', path: '' })
  pass(60_000)
  refuse('10.0.0.1', 'unknown_token', 'next minute')
  expect(rows.at(-1)).toMatchObject({ requestId: 'next minute', leftOut: 0 })
})

test('a flood from many addresses costs a few rows, and none is lost from the count', () => {
  const { rows, log, refuse, pass, sum } = start()
  for (let index = 0; index < 50_000; index += 1) {
    refuse(`10.${index % 200}.${index % 256}.${index % 250}`, index % 2 === 0 ? 'a' : 'b')
    if (index === 25_000) pass(61_000)
  }
  log.flush()
  expect(sum()).toBe(50_000)
  expect(rows.length).toBeLessThanOrEqual(2 * 60 + 4)
})
