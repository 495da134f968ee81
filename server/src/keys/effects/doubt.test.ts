import { setImmediate } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { verdictNames, type VerdictName } from '../../google/verdicts.ts'
import { createTestEngine, minute, type TestEngine } from '../testing/test-engine.ts'
import { blamesKey } from './doubt.ts'

const blaming = verdictNames.filter(blamesKey)

const states = (engine: TestEngine) => engine.views.keys().rows.map(({ state }) => state)
const outOfService = (engine: TestEngine) =>
  states(engine).filter((state) => state !== 'active').length

/** An engine whose probes find these keys dead, and all others good. */
function probed(keys: number, dead: readonly number[] = []) {
  const engine = createTestEngine({ keys })
  const probes: number[] = []
  engine.startChecks(async (key) => {
    probes.push(key)
    return dead.includes(key)
      ? { verdict: 'key-invalid', status: 400 }
      : { verdict: 'answered', status: 200 }
  })
  return { engine, probes }
}

type Sent = { readonly request?: string; readonly caller?: string; readonly attempts?: number }

/** One request that Google refuses with each key, up to a number of attempts. */
function refuse(engine: TestEngine, verdict: VerdictName, sent: Sent = {}) {
  const { request = 'r', caller = '', attempts = 4 } = sent
  const tried = new Set<number>()
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    tried.add(engine.meet(verdict, { caller, wanted: { request, tried: new Set(tried) } }).key)
  }
}

describe('a request that several keys are refused for', () => {
  test.each(blaming)('takes no key out of service when the keys are good (%s)', async (verdict) => {
    const { engine, probes } = probed(5)
    refuse(engine, verdict)
    await setImmediate()
    expect(outOfService(engine)).toBe(0)
    expect(new Set(probes)).toEqual(new Set([1, 2, 3, 4]))
    expect(probes).toHaveLength(4)
    expect(engine.reserve().trial).toBe(false)
  })

  test.each(blaming)('takes at most one out of service without a probe (%s)', (verdict) => {
    const engine = createTestEngine({ keys: 5, policy: { failures: { max: 1 } } })
    refuse(engine, verdict)
    expect(outOfService(engine)).toBeLessThanOrEqual(1)
  })

  test('is not doubted for refusals of different kinds', () => {
    const { engine, probes } = probed(4)
    engine.meet('key-leaked', { wanted: { request: 'r' } })
    engine.meet('project-suspended', { wanted: { request: 'r', tried: new Set([1]) } })
    expect(states(engine)).toEqual(['dead', 'suspended', 'active', 'active'])
    expect(probes).toEqual([])
  })

  test('finds the keys that are dead: the probes tell', async () => {
    const { engine } = probed(5, [1, 2])
    refuse(engine, 'key-invalid')
    await setImmediate()
    expect(states(engine)).toEqual(['dead', 'dead', 'active', 'active', 'active'])
  })

  test('leaves keys in service when the probes cannot reach Google', async () => {
    const engine = createTestEngine({ keys: 5 })
    engine.startChecks(async () => ({ verdict: 'network-failed', status: 0 }))
    refuse(engine, 'key-leaked', { attempts: 2 })
    await setImmediate()
    expect(outOfService(engine)).toBe(0)
  })

  test('leaves each key in the project it belonged to', async () => {
    const { engine } = probed(3)
    const consumer = 'projects/7'
    engine.meet('project-suspended', { consumer, wanted: { request: 'r' } })
    engine.meet('project-suspended', {
      consumer,
      wanted: { request: 'r', tried: new Set([1]) },
    })
    await setImmediate()
    expect(outOfService(engine)).toBe(0)
    expect(engine.views.keys().rows.map(({ project }) => project)).toEqual([
      'key:1',
      'key:2',
      'key:3',
    ])
  })
})

describe('a caller whose requests are refused for several keys', () => {
  test.each(blaming)('takes none out of service, one key a request (%s)', async (verdict) => {
    const { engine } = probed(8)
    for (let sent = 0; sent < 50; sent += 1) {
      const reserved = engine.keys.reserve({
        request: `r${sent}`,
        lane: 'm',
        model: 'm',
        estimatedInputTokens: 1,
      })
      if (reserved.ok) {
        engine.keys.settle(reserved.reservation, { verdict, status: 403 }, 'mallory')
      }
      engine.keys.settle(engine.reserve(), { verdict: 'answered', status: 200 }, 'alice')
      await setImmediate()
      engine.clock.advance(100)
    }
    expect(outOfService(engine)).toBe(0)
  })

  test('costs each key one probe a minute', async () => {
    const { engine, probes } = probed(4)
    for (let sent = 0; sent < 50; sent += 1) {
      refuse(engine, 'key-invalid', { request: `r${sent}`, caller: 'mallory', attempts: 2 })
      await setImmediate()
    }
    expect(new Set(probes)).toEqual(new Set([1, 2, 3, 4]))
    expect(probes).toHaveLength(4)
    engine.clock.advance(minute)
    refuse(engine, 'key-invalid', { request: 'later', caller: 'mallory', attempts: 2 })
    await setImmediate()
    expect(probes).toHaveLength(6)
    expect(outOfService(engine)).toBe(0)
  })

  test('finds a batch of dead keys', async () => {
    const dead = [1, 2, 3, 4]
    const { engine } = probed(8, dead)
    for (let sent = 0; sent < 4; sent += 1) {
      refuse(engine, 'key-invalid', { request: `r${sent}`, caller: 'me', attempts: 1 })
      await setImmediate()
    }
    expect(states(engine).slice(0, 5)).toEqual(['dead', 'dead', 'dead', 'dead', 'active'])
  })
})

test('one refusal of one key is believed without a probe', async () => {
  const { engine, probes } = probed(3)
  refuse(engine, 'key-leaked', { attempts: 1 })
  await setImmediate()
  expect(states(engine)).toEqual(['dead', 'active', 'active'])
  expect(probes).toEqual([])
})
