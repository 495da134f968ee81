import { expect, test } from 'vitest'
import type { RefusalRow } from '../../telemetry/refusals/refusal-row.ts'
import type { Storage } from '../storage.ts'

const refusal = (requestId: string, change: Partial<RefusalRow> = {}): RefusalRow => ({
  at: 1_790_000_000_000,
  requestId,
  surface: 'gemini',
  verb: 'POST',
  path: '/v1beta/✓',
  code: 'unknown_token',
  status: 401,
  caller: undefined,
  address: '2001:db8::1',
  message: 'no ✓',
  leftOut: 0,
  ...change,
})

export function refusalContract(current: () => Storage): void {
  test('are found by request, code, surface, caller and time, the last written first', async () => {
    const { refusals } = current()
    const [a, b, c] = [
      refusal('a'),
      refusal('b', { code: 'not_found', surface: 'none', at: 1_790_000_000_500 }),
      refusal('c', { caller: 'c0ffee', leftOut: 7 }),
    ]
    await refusals.insertMany([])
    await refusals.insertMany([a, b])
    await refusals.insertMany([c])
    const first = await refusals.list({}, { limit: 2 })
    expect(first.rows).toEqual([expect.objectContaining(c), expect.objectContaining(b)])
    const second = await refusals.list({}, { limit: 2, before: first.next })
    expect([second.rows, second.next]).toEqual([[expect.objectContaining(a)], undefined])
    const idsOf = async (filter: Parameters<typeof refusals.list>[0]) =>
      (await refusals.list(filter, { limit: 9 })).rows.map(({ requestId }) => requestId)
    expect(await idsOf({ requestId: 'a' })).toEqual(['a'])
    expect(await idsOf({ code: 'unknown_token' })).toEqual(['c', 'a'])
    expect(await idsOf({ surface: 'none' })).toEqual(['b'])
    expect(await idsOf({ caller: 'c0ffee' })).toEqual(['c'])
    expect(await idsOf({ from: a.at + 1, to: a.at + 501 })).toEqual(['b'])
  })

  test('are deleted when they are old, and when they are too many', async () => {
    const { refusals } = current()
    await refusals.insertMany(['a', 'b', 'c', 'd', 'e'].map((id, at) => refusal(id, { at })))
    const left = async () =>
      (await refusals.list({}, { limit: 9 })).rows.map(({ requestId }) => requestId)
    expect(await refusals.deleteOld({ before: -Infinity, most: 9 }, 500)).toBe(0)
    expect(await refusals.deleteOld({ before: 1, most: 9 }, 500)).toBe(1)
    expect(await refusals.deleteOld({ before: 0, most: 2 }, 1)).toBe(1)
    expect(await refusals.deleteOld({ before: 0, most: 2 }, 500)).toBe(1)
    expect(await left()).toEqual(['e', 'd'])
  })
}
