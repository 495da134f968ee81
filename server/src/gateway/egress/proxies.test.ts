import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Outcome } from '../../google/outcome.ts'
import { Secret } from '../../log/secret.ts'
import { createProxies, type Proxy, type ProxyStatus } from './proxies.ts'

const answered: Outcome = { verdict: 'answered', status: 200 }
const proxyFailed: Outcome = {
  verdict: 'network-failed',
  status: 0,
  reason: 'PROXY_FAILED',
  message: 'x',
}
const reset: Outcome = { verdict: 'network-failed', status: 0, reason: 'ECONNRESET' }
const refused: Outcome = { verdict: 'location-refused', status: 400 }

const keys = Array.from({ length: 300 }, (_, number) => new Secret(`AIza-number-${number}`))

function openProxies(first: readonly string[], isSticky = true) {
  const clock = { now: 1_000_000 }
  let settings = { proxies: first, isSticky }
  const changes: ProxyStatus[] = []
  const gone: string[] = []
  const proxies = createProxies({
    settings: () => settings,
    now: () => clock.now,
    random: Math.random,
    onChange: (state) => void changes.push(state),
    onGone: ({ address }) => void gone.push(address.name),
  })
  const proxyOf = (key: Secret): Proxy => {
    const proxy = proxies.choose(key)
    if (proxy === undefined) throw new Error('There is no proxy.')
    return proxy
  }
  const nameOf = (key: Secret) => proxyOf(key).address.name
  return {
    proxies,
    clock,
    changes,
    gone,
    nameOf,
    /** A call with this key that ends so. */
    meet: (key: Secret, outcome: Outcome) => proxies.settle(proxyOf(key), outcome).verdict,
    list: (proxies: readonly string[]) => (settings = { proxies, isSticky }),
  }
}

const four = [1, 2, 3, 4].map((number) => `http://10.0.0.${number}:8080`)

test('without proxies calls leave directly', () => {
  expect(openProxies([]).proxies.choose(new Secret('a'))).toBeUndefined()
})

test('keys spread evenly, and leave by the same proxy after a restart', () => {
  const [one, other] = [openProxies(four), openProxies(four.toReversed())]
  const counts = new Map<string, number>()
  for (const key of keys) {
    const name = one.nameOf(key)
    expect(other.nameOf(key)).toBe(name)
    counts.set(name, (counts.get(name) ?? 0) + 1)
  }
  expect([...counts.values()].every((count) => count > 45 && count < 110)).toBe(true)
})

test('where a proxy comes or goes, no key moves but those that it gains or loses', () => {
  fc.assert(
    fc.property(fc.subarray(four, { minLength: 1 }), (some) => {
      const all = openProxies(four)
      const fewer = openProxies(some)
      const names = new Set(some.map((written) => new URL(written).host))
      for (const key of keys) {
        const before = all.nameOf(key)
        if (names.has(before)) expect(fewer.nameOf(key)).toBe(before)
      }
    }),
  )
})

test('one that goes from the settings is let go; the others keep what is known of them', () => {
  const { proxies, meet, list, gone } = openProxies(four)
  for (const key of keys) meet(key, answered)
  list(four.slice(1))
  expect(proxies.states().map(({ answers }) => answers > 0)).toEqual([true, true, true])
  expect(gone).toEqual(['10.0.0.1:8080'])
})

const [key = new Secret('')] = keys

test('a proxy that fails is left at once, and its call is blamed on it while there are others', () => {
  const { proxies, meet, nameOf, changes } = openProxies(four)
  const first = nameOf(key)
  expect(meet(key, proxyFailed)).toBe('proxy-failed')
  expect(nameOf(key)).not.toBe(first)
  expect(changes).toMatchObject([{ proxy: first, state: 'down', message: 'x' }])
  expect(proxies.states().filter(({ state }) => state === 'down')).toHaveLength(1)
})

test('one failure behind a proxy is not taken for its own, two in a row are', () => {
  const { meet, nameOf } = openProxies(four)
  const first = nameOf(key)
  expect(meet(key, reset)).toBe('network-failed')
  expect(meet(key, answered)).toBe('answered')
  meet(key, reset)
  expect(nameOf(key)).toBe(first)
  meet(key, reset)
  expect(nameOf(key)).not.toBe(first)
})

test('what ends without a word of the network says nothing of the proxy', () => {
  const { proxies, meet, nameOf } = openProxies(four)
  const first = nameOf(key)
  meet(key, reset)
  meet(key, { verdict: 'client-left', status: 0 })
  meet(key, { verdict: 'timed-out', status: 0 })
  expect(nameOf(key)).toBe(first)
  expect(proxies.states().every(({ state }) => state === 'up')).toBe(true)
})

test('it is tried by one call when its time has come, and comes back when that is answered', () => {
  const { clock, meet, nameOf, changes, proxies } = openProxies(four)
  const first = nameOf(key)
  meet(key, proxyFailed)
  clock.now += 9_999
  expect(nameOf(key)).not.toBe(first)
  clock.now += 1
  const trial = proxies.choose(key)
  expect(trial?.address.name).toBe(first)
  expect(nameOf(key)).not.toBe(first)
  if (trial !== undefined) proxies.settle(trial, answered)
  expect(nameOf(key)).toBe(first)
  expect(changes.map(({ state }) => state)).toEqual(['down', 'up'])
})

test('while it goes on failing it is tried ever more seldom, and at least every ten minutes', () => {
  const { clock, meet, changes } = openProxies(four.slice(0, 1))
  const waits: number[] = []
  for (let round = 0; round < 9; round += 1) {
    meet(key, proxyFailed)
    const until = changes.at(-1)?.until ?? 0
    waits.push(until - clock.now)
    clock.now = until
  }
  expect(waits.map((ms) => ms / 1000)).toEqual([10, 20, 40, 80, 160, 320, 600, 600, 600])
})

test('one in a place that Google does not serve is left for ten minutes', () => {
  const { clock, meet, nameOf } = openProxies(four)
  const first = nameOf(key)
  meet(key, refused)
  clock.now += 599_000
  expect(nameOf(key)).not.toBe(first)
  clock.now += 1000
  expect(nameOf(key)).toBe(first)
})

test('where none works they are tried all the same, and the network is at fault', () => {
  const { meet } = openProxies(four.slice(0, 2))
  expect(meet(key, proxyFailed)).toBe('proxy-failed')
  expect(meet(key, proxyFailed)).toBe('network-failed')
  expect(meet(key, proxyFailed)).toBe('network-failed')
  expect(meet(key, answered)).toBe('answered')
})

test('at random, every proxy that works is used', () => {
  const { nameOf, meet, proxies } = openProxies(four, false)
  meet(key, proxyFailed)
  const names = new Set(keys.map(nameOf))
  expect(names.size).toBe(3)
  const down = proxies.states().find(({ state }) => state === 'down')
  expect(names.has(down?.proxy ?? '')).toBe(false)
})
