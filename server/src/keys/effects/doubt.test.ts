import { setImmediate } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import type { Outcome } from '../../google/outcome.ts'
import { verdictNames, type VerdictName } from '../../google/verdicts.ts'
import { createTestEngine, minute, type TestEngine } from '../testing/test-engine.ts'
import type { ProbeCall } from '../types.ts'
import { blamesKey } from './doubt.ts'

const blaming = verdictNames.filter(blamesKey)
const answered: Outcome = { verdict: 'answered', status: 200 }

const states = (engine: TestEngine) => engine.views.keys().rows.map(({ state }) => state)
const outOfService = (engine: TestEngine) =>
  states(engine).filter((state) => state !== 'active').length

type Probed = { readonly key: number; readonly call: ProbeCall | undefined }

/** An engine whose probes are recorded. */
function probed(keys: number, answer: (probe: Probed) => Outcome = () => answered) {
  const engine = createTestEngine({ keys })
  const probes: Probed[] = []
  engine.startChecks(async (key, call) => {
    probes.push({ key, call })
    return answer({ key, call })
  })
  return { engine, probes }
}

const deadKeys =
  (...dead: readonly number[]) =>
  ({ key }: Probed): Outcome =>
    dead.includes(key) ? { verdict: 'key-invalid', status: 400 } : answered

/** One request that Google refuses with each key, up to a number of attempts. */
async function refuse(engine: TestEngine, verdict: VerdictName, attempts = 4): Promise<void> {
  const tried = new Set<number>()
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    tried.add(engine.meet(verdict, { wanted: { tried: new Set(tried) } }).key)
  }
  await setImmediate()
}

describe('a refusal of what a client sends', () => {
  test.each(blaming)('takes no key out of service that is good (%s)', async (verdict) => {
    const { engine } = probed(5)
    for (let sent = 0; sent < 20; sent += 1) {
      await refuse(engine, verdict)
      expect(outOfService(engine)).toBe(0)
      engine.clock.advance(10_000)
    }
    expect(engine.reserve().trial).toBe(false)
  })

  test.each(blaming)('holds back a quarter while the probes are under way (%s)', (verdict) => {
    for (const [keys, heldBack] of [
      [3, 0],
      [8, 2],
    ] as const) {
      const engine = createTestEngine({ keys, policy: { failures: { max: 1 } } })
      engine.startChecks(() => new Promise(() => {}))
      for (let sent = 0; sent < 20; sent += 1) engine.meet(verdict)
      expect(outOfService(engine)).toBe(heldBack)
    }
  })

  test('takes the keys out that are dead: the probes tell', async () => {
    const { engine } = probed(5, deadKeys(1, 2))
    await refuse(engine, 'key-invalid')
    expect(states(engine)).toEqual(['dead', 'dead', 'active', 'active', 'active'])
  })

  test('counts by itself once a probe has confirmed one', async () => {
    const unknown: Outcome = { verdict: 'refusal-unknown', status: 403 }
    const { engine, probes } = probed(1, () => unknown)
    await refuse(engine, 'refusal-unknown', 1)
    const { max } = engine.policy().failures
    for (let sent = 1; sent < max; sent += 1) engine.meet('refusal-unknown')
    expect(states(engine)).not.toEqual(['active'])
    expect(probes).toHaveLength(1)
  })

  test('is confirmed by an answer where counting tokens is not refused', async () => {
    const { engine, probes } = probed(2, ({ call }) =>
      call?.generates === true ? { verdict: 'project-unfunded', status: 402 } : answered,
    )
    engine.meet('answered')
    await refuse(engine, 'project-unfunded', 1)
    expect(outOfService(engine)).toBe(1)
    expect(probes.at(-1)?.call).toEqual({ model: 'gemini-3.8-flash', generates: true })
  })

  test('asks no answer of a model that a client invented', async () => {
    const { engine, probes } = probed(1)
    engine.meet('key-invalid', { wanted: { lane: 'invented' } })
    await setImmediate()
    expect(probes.map(({ call }) => call?.model)).toEqual([undefined, undefined])
  })

  test('costs a key one probe a minute, and one answer in ten minutes', async () => {
    const { engine, probes } = probed(4)
    const answers = () => probes.filter(({ call }) => call?.generates === true).length
    for (let second = 0; second < 60; second += 1) {
      await refuse(engine, 'key-invalid')
      engine.clock.advance(1000)
    }
    expect(probes.length - answers()).toBe(4)
    for (let minutes = 1; minutes < 10; minutes += 1) {
      await refuse(engine, 'key-invalid')
      engine.clock.advance(minute)
    }
    expect(probes.length - answers()).toBe(40)
    expect(answers()).toBe(4)
  })

  test('starts few probes at once', async () => {
    const engine = createTestEngine({ keys: 100 })
    let probes = 0
    engine.startChecks(() => {
      probes += 1
      return new Promise(() => {})
    })
    await refuse(engine, 'key-leaked', 100)
    expect(probes).toBe(16)
  })

  test('leaves keys in service when the probes cannot reach Google', async () => {
    const { engine } = probed(8, () => ({ verdict: 'network-failed', status: 0 }))
    await refuse(engine, 'key-leaked', 8)
    expect(outOfService(engine)).toBe(0)
  })

  test('moves no key to a project that its text names', async () => {
    const { engine } = probed(3)
    engine.meet('project-suspended', { consumer: 'projects/7' })
    await setImmediate()
    expect(engine.views.keys().rows.map(({ project }) => project)).toEqual([
      'key:1',
      'key:2',
      'key:3',
    ])
  })
})
