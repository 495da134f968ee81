import { expect, test } from 'vitest'
import { DatabaseError } from '../../runtime/database-error.ts'
import type { Storage } from '../storage.ts'
import { attempt } from './attempt-sample.ts'

const failed = (message: string, change: Parameters<typeof attempt>[0] = {}) =>
  attempt({
    status: 429,
    verdict: 'quota-spent',
    error: { message, body: undefined },
    ...change,
  })

const second = 1000
/** The minute of the contract's clock. */
const today = { from: 0, to: 60 * second }

/** What every database must do alike with attempts, errors and their sums. */
export function historyContract(storage: () => Storage): void {
  attemptsContract(storage)
  errorsContract(storage)
  sumsContract(storage)
}

function attemptsContract(storage: () => Storage): void {
  test('returns attempts as they were written, the last written first', async () => {
    const bare = attempt({
      caller: undefined,
      firstByteMs: undefined,
      promptTokens: undefined,
      outputTokens: undefined,
      thoughtTokens: undefined,
      cachedTokens: undefined,
      streamed: false,
    })
    await storage().requestLog.insertMany([])
    await storage().requestLog.insertMany([attempt(), bare])
    const { rows, next } = await storage().requestLog.list({})
    const written = [bare, attempt()].map(({ error: _none, ...row }) => ({
      ...row,
      message: undefined,
    }))
    expect(rows.map(({ id: _id, ...row }) => row)).toEqual(written)
    expect(next).toBeUndefined()
  })

  test('finds attempts by each member of a filter, and by all of them together', async () => {
    const odd = {
      requestId: 'odd',
      project: 'odd',
      lane: 'odd',
      model: 'odd',
      dialect: 'odd',
      method: 'odd',
      caller: 'odd',
      verdict: 'odd',
      status: 429,
      streamed: false,
    }
    await storage().requestLog.insertMany([attempt(), attempt({ ...odd, keyId: 2 }), attempt()])
    const all = { ...odd, keyIds: [2] }
    const filters = [...Object.entries(all).map((member) => Object.fromEntries([member])), all]
    for (const filter of filters) {
      const { rows } = await storage().requestLog.list(filter)
      expect([filter, rows.length]).toEqual([filter, 1])
      expect(rows[0]).toMatchObject(odd)
    }
    expect((await storage().requestLog.list({ keyIds: [2], verdict: 'answered' })).rows).toEqual([])
    expect((await storage().requestLog.list({ keyIds: [3], project: 'odd' })).rows).toEqual([])
    expect((await storage().requestLog.list({ model: 'nowhere' })).rows).toEqual([])
    expect((await storage().requestLog.list({ keyIds: undefined })).rows).toHaveLength(3)
  })

  test('finds attempts by time, the end of the range excluded', async () => {
    await storage().requestLog.insertMany([10, 20, 30].map((at) => attempt({ at })))
    for (const filter of [{}, { model: 'gemini-3.8-flash' }, { keyIds: [1] }]) {
      const { rows } = await storage().requestLog.list({ ...filter, from: 10, to: 30 })
      expect(rows.map(({ at }) => at)).toEqual([20, 10])
    }
  })

  test('is read page by page, each row once, also while rows are written', async () => {
    await storage().requestLog.insertMany(
      Array.from({ length: 700 }, (_, number) => attempt({ number })),
    )
    for (const filter of [{}, { model: 'gemini-3.8-flash' }]) {
      const seen: number[] = []
      let before: number | undefined
      do {
        const page = await storage().requestLog.list(filter, { limit: 300, before })
        seen.push(...page.rows.map(({ number }) => number))
        before = page.next
        await storage().requestLog.insertMany([attempt({ number: 9999 })])
      } while (before !== undefined)
      const wanted = Array.from({ length: 700 }, (_, n) => 699 - n)
      expect(seen.filter((number) => number !== 9999)).toEqual(wanted)
    }
  })

  test('is searched over all its parts', async () => {
    const { requestLog } = storage()
    for (let batch = 0; batch < 70; batch += 1) {
      const rows = Array.from({ length: 1000 }, (_, n) =>
        attempt({ number: batch, keyId: n === 0 ? 77 : n }),
      )
      await requestLog.insertMany(rows)
    }
    const first = await requestLog.list({ keyIds: [77] }, { limit: 50 })
    const second = await requestLog.list({ keyIds: [77] }, { before: first.next })
    const both = [...first.rows, ...second.rows].filter(({ number }) => number < 70)
    expect(new Set(both.map(({ number }) => number)).size).toBe(70)
  }, 60_000)

  test('deletes old rows, some at a time', async () => {
    const { requestLog, retention } = storage()
    await requestLog.insertMany([1, 2, 3, 4].map((at) => attempt({ at })))
    expect(await retention.deleteAttempts(4, 2)).toBe(2)
    expect(await retention.deleteAttempts(4, 2)).toBe(1)
    expect(await retention.deleteAttempts(4, 2)).toBe(0)
    await retention.deleteEmptyParts()
    expect((await requestLog.list({})).rows.map(({ at }) => at)).toEqual([4])
  })

  test('writes all rows of a batch with their errors and sums, or nothing', async () => {
    const broken = attempt({ at: Number.NaN })
    const batch = [failed('first'), broken]
    await expect(storage().requestLog.insertMany(batch)).rejects.toThrow(DatabaseError)
    expect((await storage().requestLog.list({})).rows).toEqual([])
    expect((await storage().errors.list({}, firstErrors)).total).toBe(0)
    expect(await storage().usage.series(today)).toEqual([])
    await storage().requestLog.insertMany([attempt()])
    expect((await storage().requestLog.list({})).rows).toHaveLength(1)
  })

  test('finds attempts by exact names: case, accents and trailing blanks count', async () => {
    for (const model of ['a', 'A', 'á', 'a '])
      await storage().requestLog.insertMany([attempt({ model })])
    const { rows } = await storage().requestLog.list({ model: 'a' })
    expect(rows.map(({ model }) => model)).toEqual(['a'])
  })

  test('accepts any character', async () => {
    await storage().requestLog.insertMany([failed('a\0b 🔑', { method: 'm\0' })])
    const { rows } = await storage().requestLog.list({})
    expect(rows[0]?.message).toBe('a\uFFFDb 🔑')
  })

  test('accepts texts longer than their columns, and invalid numbers', async () => {
    const long = 'x'.repeat(5000)
    const odd = { model: long, project: long, requestId: long, caller: long, dialect: long }
    await storage().requestLog.insertMany([
      attempt({ ...odd, durationMs: Number.NaN, promptTokens: 1e15, outputTokens: -1 }),
    ])
    const [row] = (await storage().requestLog.list({})).rows
    expect(row).toMatchObject({ durationMs: 0, promptTokens: 2_147_483_647, outputTokens: 0 })
  })
}

const firstErrors = { limit: 10, offset: 0, order: 'desc' } as const

function errorsContract(storage: () => Storage): void {
  const messages = async (filter: object, page: object = {}) => {
    const { rows } = await storage().errors.list(filter, { ...firstErrors, ...page })
    return rows.map(({ message }) => message)
  }

  test('lists failed attempts with their messages, and no others', async () => {
    const body = '{"contents":[]}'
    await storage().requestLog.insertMany([
      attempt(),
      failed('Quota exceeded', { error: { message: 'Quota exceeded', body } }),
      failed('Other'),
    ])
    const { rows, total } = await storage().errors.list({}, firstErrors)
    expect(total).toBe(2)
    expect(rows.map(({ message }) => message)).toEqual(['Other', 'Quota exceeded'])
    expect(await storage().errors.find(rows[1]?.id ?? 0)).toMatchObject({ body, status: 429 })
    expect(await storage().errors.find(rows[0]?.id ?? 0)).toMatchObject({ body: undefined })
    expect(await storage().errors.find(987_654_321)).toBeUndefined()
    const logged = await storage().requestLog.list({ verdict: 'quota-spent' })
    expect(logged.rows.map(({ message }) => message)).toEqual(['Other', 'Quota exceeded'])
  })

  test('finds errors by text in any case, and by type, key, status and time', async () => {
    await storage().requestLog.insertMany([
      failed('Resource has been EXHAUSTED', { at: 10 }),
      failed('100% of it_', { at: 20, keyId: 5 }),
      failed('gone', { at: 30, status: 500, verdict: 'upstream-failed' }),
    ])
    expect(await messages({ text: 'exhausted' })).toEqual(['Resource has been EXHAUSTED'])
    expect(await messages({ text: '0%' })).toEqual(['100% of it_'])
    expect(await messages({ text: 't_' })).toEqual(['100% of it_'])
    expect(await messages({ text: 'UPSTREAM' })).toEqual(['gone'])
    expect(await messages({ keyIds: [5] })).toEqual(['100% of it_'])
    expect(await messages({ status: 500 })).toEqual(['gone'])
    expect(await messages({ from: 10, to: 20 })).toEqual(['Resource has been EXHAUSTED'])
  })

  test('pages through errors in both orders and counts all', async () => {
    await storage().requestLog.insertMany(['a', 'b', 'c', 'd'].map((message) => failed(message)))
    expect(await messages({}, { limit: 2, offset: 1 })).toEqual(['c', 'b'])
    expect(await messages({}, { limit: 2, offset: 3, order: 'asc' })).toEqual(['d'])
    const { total } = await storage().errors.list({ status: 429 }, { ...firstErrors, limit: 1 })
    expect(total).toBe(4)
  })

  test('finds the error nearest to a time, one of that status before all others', async () => {
    await storage().requestLog.insertMany([
      failed('near', { at: 1000 }),
      failed('far', { at: 3000, status: 500, verdict: 'upstream-failed' }),
      failed('another key', { at: 1500, keyId: 9 }),
    ])
    const ask = { keyIds: [1], at: 1400, windowMs: 5000 }
    const near = await storage().errors.nearest({ ...ask, status: undefined })
    expect(near?.message).toBe('near')
    expect((await storage().errors.nearest({ ...ask, status: 500 }))?.message).toBe('far')
    expect((await storage().errors.nearest({ ...ask, status: 403 }))?.message).toBe('near')
    const narrow = { ...ask, windowMs: 100, status: undefined }
    expect(await storage().errors.nearest(narrow)).toBeUndefined()
  })

  test('deletes errors by id, all of them, or the old ones', async () => {
    const { requestLog, errors, retention } = storage()
    await requestLog.insertMany([1, 2, 3, 4].map((at) => failed(String(at), { at })))
    const { rows } = await errors.list({}, firstErrors)
    expect(await errors.delete([rows[0]?.id ?? 0, 987_654_321])).toBe(1)
    expect(await messages({})).toEqual(['3', '2', '1'])
    expect(await retention.deleteErrors(3, 1)).toBe(1)
    expect(await retention.deleteErrors(3, 10)).toBe(1)
    expect(await retention.deleteErrors(3, 10)).toBe(0)
    expect(await messages({})).toEqual(['3'])
    await errors.deleteAll()
    expect(await messages({})).toEqual([])
    expect((await requestLog.list({})).rows).toHaveLength(4)
  })
}

function sumsContract(storage: () => Storage): void {
  test('simultaneous batches are all written and all counted', async () => {
    const { requestLog, usage } = storage()
    const batches = Array.from({ length: 8 }, (_, at) => [attempt({ number: at }), failed('no')])
    await Promise.all(batches.map((rows) => requestLog.insertMany(rows)))
    expect((await requestLog.list({})).rows).toHaveLength(16)
    const sums = await usage.sums(today, 'verdict')
    expect(sums.map(({ attempts: count }) => count)).toEqual([8, 8])
  })

  test('counts attempts by minute, by any dimension', async () => {
    const { requestLog, usage } = storage()
    await requestLog.insertMany([attempt(), attempt({ number: 2, model: 'other' })])
    await requestLog.insertMany([attempt(), failed('no')])
    const series = await usage.series(today)
    expect(series.toSorted((one, other) => one.attempts - other.attempts)).toMatchObject([
      { at: 0, verdict: 'quota-spent', attempts: 1, requests: 1 },
      { at: 0, verdict: 'answered', attempts: 3, requests: 2, promptTokens: 30, thoughtTokens: 90 },
    ])
    const models = await usage.sums(today, 'model')
    expect(
      models
        .map(({ name, verdict, attempts }) => `${name} ${verdict} ${attempts}`)
        .toSorted(compare),
    ).toEqual(['gemini-3.8-flash answered 2', 'gemini-3.8-flash quota-spent 1', 'other answered 1'])
    const times = await usage.times(today, 'dialect')
    const counts = [...(times.get('gemini')?.durations.values() ?? [])]
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(3)
  })

  test('counts by key, model and status, and finds the keys with the most of a status', async () => {
    const { requestLog, usage } = storage()
    const rows = [failed('a'), failed('b'), failed('c', { keyId: 2 }), attempt({ keyId: 3 })]
    await requestLog.insertMany(rows)
    await requestLog.insertMany([failed('d', { keyId: 1 })])
    const sums = await usage.sumsOfKey(1, today)
    expect(sums).toMatchObject([{ keyId: 1, status: 429, attempts: 3, promptTokens: 30 }])
    expect(await usage.busiestKeys(today, { status: 429, limit: 10 })).toEqual([
      { keyId: 1, count: 3 },
      { keyId: 2, count: 1 },
    ])
    expect(await usage.busiestKeys(today, { limit: 1 })).toEqual([{ keyId: 1, count: 3 }])
  })

  test('keeps the same sums when minutes become hours and days and are deleted', async () => {
    const { requestLog, usage } = storage()
    await requestLog.insertMany([attempt(), attempt({ number: 2 }), failed('x')])
    const day = { from: 0, to: 86_400 * second }
    const sums = async () => (await usage.sums({ ...day, byDay: true }, 'verdict')).toSorted(byName)
    const before = await sums()
    await usage.mergeHour(0)
    await usage.mergeHour(0)
    await usage.deleteSums({ table: 'rollups', span: 'minute', before: day.to, limit: 100 })
    expect(await sums()).toEqual(before)
    await usage.mergeDay(day)
    await usage.deleteSums({ table: 'rollups', span: 'hour', before: day.to, limit: 100 })
    expect(await sums()).toEqual(before)
    expect(await usage.marks()).toEqual({ hoursUntil: 3600 * second, daysUntil: day.to })
  })

  test('sums up the hours of keys to days, key by key', async () => {
    const { requestLog, usage } = storage()
    await requestLog.insertMany([attempt(), attempt({ keyId: 900 }), attempt({ keyId: 900 })])
    const day = { from: 0, to: 86_400 * second }
    expect(await usage.oldest('key_rollups', 'hour')).toBe(0)
    let key: number | undefined = 0
    while (key !== undefined) key = await usage.mergeKeys(day, key)
    expect(await usage.oldest('key_rollups', 'hour')).toBeUndefined()
    expect(await usage.sumsOfKey(900, day)).toMatchObject([{ attempts: 2 }])
    const old = { table: 'key_rollups', span: 'day', before: day.to, limit: 1 } as const
    expect(await usage.deleteSums(old)).toBe(1)
    expect(await usage.deleteSums(old)).toBe(1)
    expect(await usage.deleteSums(old)).toBe(0)
  })

  test('replaces all prices', async () => {
    const price = { model: 'm', since: 5, prompt: 0.3, output: 2.5, cached: 0.03, source: 's' }
    await storage().prices.replace([price, { ...price, since: 9 }])
    expect(await storage().prices.all()).toEqual([price, { ...price, since: 9 }])
    await storage().prices.replace([])
    expect(await storage().prices.all()).toEqual([])
  })
}

const compare = (one: string, other: string) => (one < other ? -1 : 1)
const byName = (one: { name: string | number }, other: { name: string | number }) =>
  compare(String(one.name), String(other.name))
