import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createMediaBudget, type BudgetLimits } from './media-budget.ts'
import { MediaError } from './media-error.ts'

const never = new AbortController().signal
const limits: BudgetLimits = {
  // For 300 bytes.
  memoryBytes: 800,
  fetches: 2,
  maxWaiting: 10,
  maxWaitMs: 60_000,
}
const open = (more: Partial<BudgetLimits> = {}) => {
  const budget = createMediaBudget(() => ({ ...limits, ...more }))
  return { budget, lease: () => budget.open() }
}
const busy = { isBusy: true, endsAll: true }

/** `undefined` until a promise is settled. */
function watch(promise: Promise<void> | undefined) {
  let result: 'done' | MediaError | undefined
  promise?.then(
    () => (result = 'done'),
    (error: unknown) => (result = error instanceof MediaError ? error : undefined),
  )
  return async () => {
    await Promise.resolve()
    await Promise.resolve()
    return promise === undefined ? 'done' : result
  }
}

describe('the memory of all requests', () => {
  test('is taken at once while there is some, and given back when a request ends', async () => {
    const { budget, lease } = open()
    const [one, other] = [lease(), lease()]
    expect(one.take(180, never)).toBeUndefined()
    const waits = watch(other.take(180, never))
    expect(await waits()).toBeUndefined()
    one.close()
    expect(await waits()).toBe('done')
    other.close()
    other.close()
    expect(budget.used()).toEqual({ memoryBytes: 0, fetches: 0, waiting: 0 })
  })

  test('goes to the oldest request that waits', async () => {
    const { lease } = open()
    const [old, young, holder] = [lease(), lease(), lease()]
    void holder.take(270, never)
    const youngWaits = watch(young.take(150, never))
    const oldWaits = watch(old.take(240, never))
    holder.close()
    expect(await oldWaits()).toBe('done')
    expect(await youngWaits()).toBeUndefined()
    old.close()
    expect(await youngWaits()).toBe('done')
  })

  test('is not waited for by all who hold some: the youngest gives up', async () => {
    const { lease } = open()
    const [old, young, newcomer] = [lease(), lease(), lease()]
    await Promise.all([old.enter(never), young.enter(never)])
    void old.take(120, never)
    void young.take(120, never)
    const youngWaits = watch(young.take(120, never))
    const newWaits = watch(newcomer.take(120, never))
    expect(await youngWaits()).toBeUndefined()
    const oldWaits = watch(old.take(120, never))
    expect(await youngWaits()).toMatchObject(busy)
    expect(() => young.take(3, never)).toThrow(expect.objectContaining(busy))
    young.leave()
    young.close()
    expect(await oldWaits()).toBe('done')
    expect(await newWaits()).toBeUndefined()
  })

  test('is refused to a client that left, and to one that waits too long', async () => {
    const short = open({ maxWaitMs: 1 })
    void short.lease().take(300, never)
    await expect(short.lease().take(3, never)).rejects.toMatchObject(busy)
    const long = open()
    const leaving = new AbortController()
    void long.lease().take(300, never)
    const waiting = long.lease().take(3, leaving.signal)
    leaving.abort()
    await expect(waiting).rejects.toMatchObject(busy)
    expect([short, long].map(({ budget }) => budget.used().waiting)).toEqual([0, 0])
  })

  test('is waited for by a limited number', async () => {
    const { lease } = open({ maxWaiting: 1 })
    void lease().take(300, never)
    const waits = watch(lease().take(3, never))
    expect(() => lease().take(3, never)).toThrow(expect.objectContaining(busy))
    expect(await waits()).toBeUndefined()
  })
})

test('fetches wait for those before them to end', async () => {
  const { budget, lease } = open()
  const one = lease()
  await one.enter(never)
  await one.enter(never)
  const third = watch(lease().enter(never))
  expect(await third()).toBeUndefined()
  one.leave()
  expect(await third()).toBe('done')
  expect(budget.used().fetches).toBe(2)
})

test('whatever requests do, no limit is exceeded, and all comes back in the end', async () => {
  const step = fc.record({
    who: fc.nat(4),
    what: fc.constantFrom('take', 'take', 'take', 'enter', 'leave', 'close'),
    bytes: fc.integer({ min: 1, max: 200 }),
  })
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
      const { budget, lease } = open()
      const leases = Array.from({ length: 5 }, () => ({ lease: lease(), fetches: 0 }))
      for (const { who, what, bytes } of steps) {
        const one = leases[who]
        if (one === undefined) continue
        const fail = () => {}
        if (what === 'enter') {
          one.lease.enter(never).then(() => (one.fetches += 1), fail)
        } else if (what === 'leave' && one.fetches > 0) {
          one.fetches -= 1
          one.lease.leave()
        } else if (what === 'close') one.lease.close()
        else if (what === 'take') {
          try {
            one.lease.take(bytes, never)?.catch(fail)
          } catch (error) {
            expect(error).toMatchObject(busy)
          }
        }
        await Promise.resolve()
        const used = budget.used()
        expect(used.memoryBytes).toBeLessThanOrEqual(limits.memoryBytes)
        expect(used.fetches).toBeLessThanOrEqual(limits.fetches)
        expect(used.waiting).toBeLessThanOrEqual(limits.maxWaiting)
      }
      for (const one of leases) one.lease.close()
      await new Promise(setImmediate)
      for (const one of leases) for (; one.fetches > 0; one.fetches -= 1) one.lease.leave()
      expect(budget.used()).toEqual({ memoryBytes: 0, fetches: 0, waiting: 0 })
    }),
  )
})
