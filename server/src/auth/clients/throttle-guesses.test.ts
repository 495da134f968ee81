import { beforeEach, describe, expect, test } from 'vitest'
import { createGuessThrottle, type GuessThrottle } from '../admins/guess-throttle.ts'
import type { Callers } from './credentials.ts'
import { throttleGuesses } from './throttle-guesses.ts'
import type { Caller } from './token-registry.ts'

const callerOf = (id: string): Caller => ({
  id,
  isAdmin: id === 'admin',
  problem: () => undefined,
  mayUse: () => true,
})
const registry: Callers = {
  identify(credentials) {
    const id = credentials.find((one) => one === 'admin' || one === 'client')
    return id === undefined ? undefined : callerOf(id)
  },
}
const request = { headers: {}, socket: {} }

let throttle: GuessThrottle
let callers: Callers
beforeEach(() => {
  throttle = createGuessThrottle({ now: () => 0 })
  callers = throttleGuesses(registry, throttle, () => '10.0.0.1')
})
const identify = (...credentials: string[]) => callers.identify(credentials, request)?.id

describe('wrong tokens', () => {
  test('sent beside a client token count, and the client is still served', () => {
    for (let count = 0; count < 20; count += 1) {
      expect(identify(`guess ${count}`, 'client')).toBe('client')
    }
    expect(throttle.check('10.0.0.1').ok).toBe(false)
    expect(identify('admin', 'client')).toBe('client')
    expect(identify('admin')).toBeUndefined()
  })

  test('sent behind a client token count too', () => {
    for (let count = 0; count < 20; count += 1) identify('client', `guess ${count}`)
    expect(throttle.check('10.0.0.1').ok).toBe(false)
  })

  test('of one request count one by one', () => {
    for (let count = 0; count < 4; count += 1) identify(`a ${count}`, `b ${count}`, `c ${count}`)
    expect(throttle.check('10.0.0.1').ok).toBe(false)
  })

  test('that a client repeats beside its token count once', () => {
    for (let count = 0; count < 50; count += 1) identify('client', 'unused')
    expect(throttle.check('10.0.0.1').ok).toBe(true)
  })
})

test('the admin token and client tokens are identified in the order they are sent', () => {
  expect([identify('admin', 'client'), identify('client', 'admin')]).toEqual(['admin', 'client'])
  expect([identify('', 'client'), identify(''), identify()]).toEqual([
    'client',
    undefined,
    undefined,
  ])
})
