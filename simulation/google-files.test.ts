import { describe, expect, test } from 'vitest'
import type { FilesPlan } from './fleet.ts'
import { googleFiles } from './google-files.ts'
import { createSimulation } from './scenario.ts'
import { scenarioOf } from './testing/fleets.ts'

function aProject(files: Partial<FilesPlan> = {}, keys = 2, deadShare = 0) {
  const base = scenarioOf({ keys, projects: Math.ceil(keys / 2), faults: false })
  const flawed = { ...base.fleet.files, ...files }
  const fleet = { ...base.fleet, deadShare, fewestKeysPerProject: 2, files: flawed }
  const simulation = createSimulation({ ...base, fleet })
  const { clock } = simulation
  const api = googleFiles(simulation)
  /** Turns the clock to the answer. */
  const answerTo = async <T>(call: Promise<T>): Promise<T> => {
    clock.step(clock.now() + 1000)
    clock.step(clock.now() + 1)
    return call
  }
  return { simulation, clock, api, answerTo }
}

const names = new Set(['mine'])

describe("the simulation's Files API", () => {
  test('shows a file to the keys of its project only, until it is removed', async () => {
    const { api, answerTo } = aProject({}, 4)
    const put = await answerTo(api.put(1, 'mine'))
    expect(put.ok).toBe(true)
    expect(await answerTo(api.find(3, names))).toEqual({ ok: true, value: ['mine'] })
    expect(await answerTo(api.find(2, names))).toEqual({ ok: true, value: [] })
    expect(await answerTo(api.find(1, new Set(['other'])))).toEqual({ ok: true, value: [] })
    await answerTo(api.remove(1, put.ok ? put.value : ''))
    expect(await answerTo(api.find(3, names))).toEqual({ ok: true, value: [] })
  })

  test('shows a file after at least half the time that lists are behind, and at most that time', async () => {
    const { api, clock, answerTo } = aProject({ behindMs: 10_000 })
    await answerTo(api.put(1, 'mine'))
    const putAt = clock.now()
    let shownAt: number | undefined
    while (shownAt === undefined && clock.now() < putAt + 20_000) {
      const found = await answerTo(api.find(2, names))
      if (found.ok && found.value.length > 0) shownAt = clock.now()
    }
    expect((shownAt ?? 0) - putAt).toBeGreaterThan(4000)
    expect((shownAt ?? Infinity) - putAt).toBeLessThan(11_000)
  })

  test('refuses its share of the keys for good', async () => {
    const { api, answerTo } = aProject({ refusedShare: 0.25 }, 200)
    const answers = []
    for (let key = 1; key <= 200; key += 1) answers.push(await answerTo(api.find(key, names)))
    const refused = answers.filter((answer) => !answer.ok && answer.isFinal)
    expect(refused.length).toBeGreaterThan(30)
    expect(refused.length).toBeLessThan(70)
    expect(answers.filter(({ ok }) => ok)).toHaveLength(200 - refused.length)
  })

  test('refuses the keys that are dead', async () => {
    const { api, simulation, answerTo } = aProject({}, 40, 1)
    const dead = simulation.fleet.keys.find(({ failure }) => failure?.fromMs === 0)
    expect(await answerTo(api.find(dead?.id ?? 0, names))).toMatchObject({ ok: false })
  })
})
