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
  const removed: string[] = []
  const proxies = createProxies({
    settings: () => settings,
    now: () => clock.now,
    random: Math.random,
    onChange: (state) => void changes.push(state),
    onGone: ({ address }) => void removed.push(address.name),
  })
  const proxyFor = (key: Secret): Proxy => {
    const proxy = proxies.choose(key)
    if (proxy === undefined) throw new Error('There is no proxy.')
    return proxy
  }
  const nameOf = (key: Secret) => proxyFor(key).address.name
  return {
    proxies,
    clock,
    changes,
    removed,
    nameOf,
    /** Makes a call with this key that ends with this outcome. */
    call: (key: Secret, outcome: Outcome) => proxies.settle(proxyFor(key), outcome).verdict,
    setProxies: (proxies: readonly string[]) => (settings = { proxies, isSticky }),
  }
}

const four = [1, 2, 3, 4].map((number) => `http://10.0.0.${number}:8080`)

test('without proxies calls connect directly', () => {
  const { proxies } = openProxies([])
  expect(proxies.choose(new Secret('a'))).toBeUndefined()
  expect(proxies.forOtherHosts()).toBeUndefined()
})

test('keys spread evenly over proxies and keep them after a restart', () => {
  const [one, other] = [openProxies(four), openProxies(four.toReversed())]
  const counts = new Map<string, number>()
  for (const key of keys) {
    const name = one.nameOf(key)
    expect(other.nameOf(key)).toBe(name)
    counts.set(name, (counts.get(name) ?? 0) + 1)
  }
  expect([...counts.values()].every((count) => count > 45 && count < 110)).toBe(true)
})

test('adding or removing a proxy moves only the keys of that proxy', () => {
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

test('removing a proxy from the settings reports it and keeps the state of the others', () => {
  const { proxies, call, setProxies, removed } = openProxies(four)
  for (const key of keys) call(key, answered)
  setProxies(four.slice(1))
  expect(proxies.states().map(({ answers }) => answers > 0)).toEqual([true, true, true])
  expect(removed).toEqual(['10.0.0.1:8080'])
})

const [key = new Secret('')] = keys

test('a failed proxy is skipped at once and blamed while another proxy works', () => {
  const { proxies, call, nameOf, changes } = openProxies(four)
  const first = nameOf(key)
  expect(call(key, proxyFailed)).toBe('proxy-failed')
  expect(nameOf(key)).not.toBe(first)
  expect(changes).toMatchObject([{ proxy: first, state: 'down', message: 'x' }])
  expect(proxies.states().filter(({ state }) => state === 'down')).toHaveLength(1)
})

test('one network failure does not take a proxy down, two consecutive ones do', () => {
  const { call, nameOf } = openProxies(four)
  const first = nameOf(key)
  expect(call(key, reset)).toBe('network-failed')
  expect(call(key, answered)).toBe('answered')
  call(key, reset)
  expect(nameOf(key)).toBe(first)
  call(key, reset)
  expect(nameOf(key)).not.toBe(first)
})

test('a time-out or a disconnected client does not count against a proxy', () => {
  const { proxies, call, nameOf } = openProxies(four)
  const first = nameOf(key)
  call(key, reset)
  call(key, { verdict: 'client-left', status: 0 })
  call(key, { verdict: 'timed-out', status: 0 })
  expect(nameOf(key)).toBe(first)
  expect(proxies.states().every(({ state }) => state === 'up')).toBe(true)
})

test('a proxy that is down gets one trial call after its pause and comes back on success', () => {
  const { clock, call, nameOf, changes, proxies } = openProxies(four)
  const first = nameOf(key)
  call(key, proxyFailed)
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

test('the pause doubles with each failure, up to ten minutes', () => {
  const { clock, call, changes } = openProxies(four.slice(0, 1))
  const waits: number[] = []
  for (let round = 0; round < 9; round += 1) {
    call(key, proxyFailed)
    const until = changes.at(-1)?.until ?? 0
    waits.push(until - clock.now)
    clock.now = until
  }
  expect(waits.map((ms) => ms / 1000)).toEqual([10, 20, 40, 80, 160, 320, 600, 600, 600])
})

test('a proxy in a location that Google refuses is skipped for ten minutes', () => {
  const { clock, call, nameOf } = openProxies(four)
  const first = nameOf(key)
  call(key, refused)
  clock.now += 599_000
  expect(nameOf(key)).not.toBe(first)
  clock.now += 1000
  expect(nameOf(key)).toBe(first)
})

test('when all proxies are down they are still tried, and the network is blamed', () => {
  const { call } = openProxies(four.slice(0, 2))
  expect(call(key, proxyFailed)).toBe('proxy-failed')
  expect(call(key, proxyFailed)).toBe('network-failed')
  expect(call(key, proxyFailed)).toBe('network-failed')
  expect(call(key, answered)).toBe('answered')
})

test('without sticky assignment every working proxy is used', () => {
  const { nameOf, call, proxies } = openProxies(four, false)
  call(key, proxyFailed)
  const names = new Set(keys.map(nameOf))
  expect(names.size).toBe(3)
  const down = proxies.states().find(({ state }) => state === 'down')
  expect(names.has(down?.proxy ?? '')).toBe(false)
})

test('calls to other hosts use every working proxy, and none that is down as long as one works', () => {
  const { proxies, call, nameOf } = openProxies(four)
  const down = nameOf(key)
  call(key, proxyFailed)
  const names = new Set(
    Array.from({ length: 200 }, () => proxies.forOtherHosts()?.address.name ?? ''),
  )
  expect(names.size).toBe(3)
  expect(names.has(down)).toBe(false)
})

test('when all proxies are down calls to other hosts use one, and take no trial call away', () => {
  const { proxies, clock, call, nameOf } = openProxies(four.slice(0, 1))
  call(key, proxyFailed)
  clock.now += 10_000
  expect(proxies.forOtherHosts()?.address.name).toBe(nameOf(key))
  expect(proxies.states()).toMatchObject([{ state: 'down', until: clock.now + 30_000 }])
  proxies.forOtherHosts()
  expect(proxies.states()).toMatchObject([{ state: 'down', until: clock.now + 30_000 }])
})

test('a proxy that failed twice is blamed while another works, and the network when none does', () => {
  const { call } = openProxies(four.slice(0, 2))
  expect([call(key, reset), call(key, reset)]).toEqual(['network-failed', 'proxy-failed'])
  expect([call(key, reset), call(key, reset)]).toEqual(['network-failed', 'network-failed'])
  expect(call(key, refused)).toBe('location-refused')
})
