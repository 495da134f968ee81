import { describe, expect, test } from 'vitest'
import { createGuessThrottle, loginLimits, type ThrottleLimits } from './guess-throttle.ts'

const secondMs = 1000
const dayMs = 24 * 3600 * secondMs

function setUp(limits: Partial<ThrottleLimits> = {}) {
  let at = 1_790_000_000_000
  const waits: number[] = []
  const throttle = createGuessThrottle(
    { now: () => at, onWait: (_address, _failures, waitMs) => waits.push(waitMs) },
    { ...loginLimits, ...limits },
  )
  let guesses = 0
  /** Sends a wrong token; says whether it was checked. */
  const guess = (address: string) => {
    const { ok } = throttle.check(address)
    guesses += 1
    if (ok) throttle.failed(address, `guess ${guesses}`)
    return ok
  }
  return { throttle, guess, waits, wait: (ms: number) => (at += ms) }
}

const addressNumber = (index: number) =>
  `10.${Math.floor(index / 65_536)}.${Math.floor(index / 256) % 256}.${index % 256}`

describe('an address', () => {
  test('may fail some times, and then waits twice as long each time, up to a limit', () => {
    const { guess, throttle, waits, wait } = setUp()
    for (let count = 0; count < 10; count += 1) expect(guess('a')).toBe(true)
    for (let count = 0; count < 14; count += 1) {
      expect(guess('a')).toBe(true)
      expect(guess('a')).toBe(false)
      wait(waits.at(-1) ?? 0)
    }
    expect(waits.slice(0, 4)).toEqual([1000, 2000, 4000, 8000])
    expect(waits.at(-1)).toBe(15 * 60 * secondMs)
    expect(throttle.check('a').ok).toBe(true)
  })

  test('that sends 100 wrong tokens a second for a day is checked some hundred times', () => {
    const { guess, wait } = setUp()
    let checked = 0
    // Guesses in between change nothing: 100 at a time, each second of an hour and each minute of the rest.
    for (let count = 0; count < 3600; count += 1, wait(secondMs))
      for (let one = 0; one < 100; one += 1) checked += Number(guess('a'))
    for (let count = 0; count < 23 * 60; count += 1, wait(60 * secondMs))
      for (let one = 0; one < 100; one += 1) checked += Number(guess('a'))
    expect(checked).toBeLessThan(130)
  })

  test('is told how long to wait', () => {
    const { guess, throttle, wait } = setUp({ freeFailures: 0 })
    guess('a')
    expect(throttle.check('a')).toEqual({ ok: false, retryAfterMs: 1000 })
    wait(600)
    expect(throttle.check('a')).toEqual({ ok: false, retryAfterMs: 400 })
  })

  test('that repeats a wrong token is not counted again', () => {
    const { throttle } = setUp()
    const guesses = Array.from({ length: 17 }, (_, index) => `guess ${index}`)
    for (const guess of guesses) throttle.failed('192.0.2.1', guess)
    const repeated = [...guesses, 'another'].filter((guess) =>
      throttle.isRepeated('192.0.2.1', guess),
    )
    expect(repeated).toEqual(guesses.slice(1))
    expect(throttle.isRepeated('192.0.2.2', 'guess 16')).toBe(false)
  })

  test('that never failed is checked while others are throttled', () => {
    const { guess, throttle } = setUp()
    for (let index = 0; index < 5000; index += 1)
      for (let count = 0; count < 20; count += 1) guess(addressNumber(index))
    for (let count = 0; count < 1000; count += 1) {
      expect(throttle.check('192.0.2.1').ok).toBe(true)
      throttle.succeeded('192.0.2.1', false)
    }
  })

  test('has its failures forgotten after a login, but not after a call of a script', () => {
    const { guess, throttle, wait } = setUp({ freeFailures: 1 })
    guess('a')
    throttle.check('a')
    throttle.succeeded('a', false)
    guess('a')
    expect(throttle.check('a').ok).toBe(false)
    wait(secondMs)
    expect(throttle.check('a').ok).toBe(true)
    throttle.succeeded('a', true)
    guess('a')
    expect(throttle.check('a').ok).toBe(true)
  })

  test('has its failures forgotten after a day without one', () => {
    const { guess, throttle, wait } = setUp({ freeFailures: 0 })
    for (let count = 0; count < 30; count += 1, wait(15 * 60 * secondMs)) guess('a')
    wait(dayMs)
    guess('a')
    expect(throttle.check('a')).toMatchObject({ retryAfterMs: 1000 })
  })

  test.each([
    ['2001:db8:1:2::1', '2001:db8:1:2:ffff::9'],
    ['2001:db8:1:2::1', '2001:0db8:0001:0002:0:0:0:1'],
    ['2001:db8::1', '2001:db8:0:0:1:2:3:4'],
    ['::1', '0:0:0:0:0:0:0:2'],
  ])('of IPv6 counts as its network: %s and %s', (one, other) => {
    const { guess, throttle } = setUp({ freeFailures: 0 })
    guess(one)
    expect(throttle.check(other).ok).toBe(false)
    expect(throttle.check('2001:db8:1:3::1').ok).toBe(true)
  })
})

describe('all addresses together', () => {
  test('that failed before share one rate, however many they are', () => {
    const { guess, wait } = setUp()
    for (let index = 0; index < 9000; index += 1) guess(addressNumber(index))
    let checked = 0
    for (let count = 0; count < 60; count += 1, wait(secondMs))
      for (let index = 0; index < 9000; index += 1) checked += Number(guess(addressNumber(index)))
    expect(checked).toBeLessThanOrEqual(60 + 60)
  })

  test('share one rate where they are more than can be remembered', () => {
    const { guess, throttle, wait } = setUp({ maxAddresses: 1000 })
    let checked = 0
    for (let index = 0; index < 100_000; index += 1) checked += Number(guess(addressNumber(index)))
    expect(checked).toBeLessThanOrEqual(1001 + 60)
    expect(throttle.check('192.0.2.1').ok).toBe(false)
    wait(dayMs)
    expect(throttle.check('192.0.2.1').ok).toBe(true)
  })
})
