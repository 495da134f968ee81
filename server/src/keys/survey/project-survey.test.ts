import { setImmediate } from 'node:timers/promises'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  aKey,
  createTestEngine,
  rowsOf,
  type PolicyChange,
  type TestEngine,
} from '../testing/test-engine.ts'
import type { FilesAnswer, KeyConfig, KeyId, ProjectFiles } from '../types.ts'

type World = {
  /** The project of each key, from key 1 on. */
  readonly projects: readonly number[]
  readonly keys?: readonly Partial<KeyConfig>[]
  readonly policy?: PolicyChange['survey']
  /** How long a file stays unseen. */
  readonly lagMs?: number
  /** What a call answers instead. */
  readonly instead?: (call: string, key: KeyId) => FilesAnswer<never> | undefined
}

/** An engine, and files of Google's by project. */
function survey({ projects, keys, policy, lagMs = 0, instead = () => undefined }: World) {
  const engine = createTestEngine({
    keys: keys ?? projects.length,
    policy: { survey: { paceMs: 0, ...policy } },
  })
  const files: { project: number | undefined; name: string; file: string; at: number }[] = []
  const calls: string[] = []
  const count = (kind: string) => calls.filter((call) => call.startsWith(kind)).length
  const projectOf = (key: KeyId) => projects[key - 1]
  const google: ProjectFiles = {
    async find(key, names) {
      calls.push(`find ${key}`)
      const refused = instead('find', key)
      if (refused) return refused
      const now = engine.clock.now()
      const seen = files.filter((one) => one.project === projectOf(key) && now - one.at >= lagMs)
      return { ok: true, value: seen.map(({ name }) => name).filter((name) => names.has(name)) }
    },
    async put(key, name) {
      calls.push(`put ${key}`)
      const refused = instead('put', key)
      if (refused) return refused
      const file = `files/${files.length}`
      files.push({ project: projectOf(key), name, file, at: engine.clock.now() })
      return { ok: true, value: file }
    },
    async remove(key, file) {
      calls.push(`remove ${key}`)
      const refused = instead('remove', key)
      if (refused) return refused
      files.splice(
        files.findIndex((one) => one.file === file),
        1,
      )
      return { ok: true, value: undefined }
    },
  }
  const start = (one: TestEngine = engine) =>
    one.startChecks(async () => ({ verdict: 'answered', status: 200 }), google)
  const checks = start()
  return { engine, files, calls, count, google, run: () => checks.survey?.run(), start }
}

/** The keys of each project, as the engine groups them. */
function groups({ views }: Pick<TestEngine, 'views'>): number[][] {
  const byProject = new Map<string, number[]>()
  for (const { id, project } of views.keys().rows) {
    byProject.set(project, [...(byProject.get(project) ?? []), id])
  }
  return [...byProject.values()]
}

function expected(projects: readonly number[]): number[][] {
  return [...new Set(projects)].map((project) =>
    projects.flatMap((one, index) => (one === project ? [index + 1] : [])),
  )
}

/** Turns the clock until the survey has ended. */
async function ends(engine: TestEngine, running: Promise<void> | undefined): Promise<void> {
  const ended = new AbortController()
  void running?.finally(() => ended.abort())
  for (let turns = 0; turns < 10_000 && !ended.signal.aborted; turns += 1) {
    await setImmediate()
    engine.clock.advance(250)
  }
  expect(ended.signal.aborted).toBe(true)
}

describe('the survey of projects', () => {
  test('groups any keys by one list a key and one upload a project, and leaves no file', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 0, max: 12 }), { minLength: 1, maxLength: 40 }),
        async (projects) => {
          const { engine, files, count, run } = survey({ projects })
          await run()
          expect(groups(engine)).toEqual(expected(projects))
          expect(count('find')).toBeLessThanOrEqual(projects.length)
          expect(count('put')).toBe(new Set(projects).size)
          expect(files).toEqual([])
        },
      ),
      { numRuns: 100 },
    )
  })

  test('groups keys where a list is behind by seconds', async () => {
    for (const lagMs of [300, 3000, 12_000]) {
      const projects = [0, 1, 0, 1, 2, 0]
      const { engine, run } = survey({ projects, lagMs })
      await ends(engine, run())
      expect(groups(engine)).toEqual([[1, 3, 6], [2, 4], [5]])
    }
  })

  test('runs by itself when keys were added, and asks only about them', async () => {
    const { engine, count } = survey({ projects: [0, 0, 1, 0, 1, 2] })
    engine.control.removeKeys([4, 5, 6])
    engine.clock.advance(2000)
    await setImmediate()
    await setImmediate()
    expect(groups(engine)).toEqual([[1, 2], [3]])
    const [finds, puts] = [count('find'), count('put')]
    engine.control.addKeys([4, 5, 6].map(aKey))
    engine.clock.advance(2000)
    for (let turn = 0; turn < 5; turn += 1) await setImmediate()
    expect(groups(engine)).toEqual([[1, 2, 4], [3, 5], [6]])
    // One list of each new key and of each known project at most.
    expect(count('find') - finds).toBeLessThanOrEqual(3 + 2)
    expect(count('put') - puts).toBe(3)
  })

  test('goes on after a restart where it was', async () => {
    const projects = [0, 1, 0, 2, 1, 0, 2]
    let calls = 0
    const broken = survey({
      projects,
      instead: () =>
        (calls += 1) > 5 ? { ok: false, isFinal: false, because: 'down' } : undefined,
    })
    await broken.run()
    const restarted = createTestEngine({
      keys: projects.length,
      policy: { survey: { paceMs: 0 } },
    })
    restarted.state.load(rowsOf(broken.engine))
    calls = -1000
    const before = broken.count('put')
    await broken.start(restarted).survey?.run()
    expect(groups(restarted)).toEqual([
      [1, 3, 6],
      [2, 5],
      [4, 7],
    ])
    expect(broken.count('put')).toBe(3 + before - 2)
    expect(broken.files).toEqual([])
  })

  test('leaves a key alone that may not use files, and asks it again a week later', async () => {
    const { engine, calls, run } = survey({
      projects: [0, 0, 0],
      instead: (_call, key) =>
        key === 2 ? { ok: false, isFinal: true, because: 'PERMISSION_DENIED' } : undefined,
    })
    await run()
    await run()
    expect(groups(engine)).toEqual([[1, 3], [2]])
    expect(calls.filter((call) => call === 'find 2')).toHaveLength(1)
    engine.clock.advance(8 * 24 * 3_600_000)
    await run()
    await run()
    expect(calls.filter((call) => call.endsWith(' 2'))).toHaveLength(2)
  })

  test('leaves keys alone that do not see their own files, and gives up after three', async () => {
    const { engine, count, files, run } = survey({ projects: [0, 0, 0, 0, 0, 0], lagMs: Infinity })
    await ends(engine, run())
    expect(groups(engine)).toHaveLength(6)
    expect(count('put')).toBe(3)
    expect(files).toEqual([])
  })

  test("keeps the operator's own labels, and shows where they differ", async () => {
    const { engine, run } = survey({
      projects: [0, 0, 0, 1, 1],
      keys: [{ project: 'mine' }, {}, { project: 'other' }, {}, { project: 'third' }],
    })
    await run()
    expect(engine.views.keys().rows.map(({ project }) => project)).toEqual([
      'mine',
      'mine',
      'other',
      'third',
      'third',
    ])
    expect(engine.events.filter(({ kind }) => kind === 'projects-contradict')).toHaveLength(1)
  })

  test('adds up what the keys of a project used, and learns its name for all', async () => {
    const { engine, run } = survey({ projects: [0, 0] })
    engine.meet('answered')
    engine.meet('answered')
    await run()
    const { rows } = engine.views.lanes()
    expect(rows.map(({ used }) => used.minuteRequests)).toEqual([2])
    engine.close()
    const alone = createTestEngine({ keys: 2 })
    alone.state.load(rowsOf(engine))
    alone.meet('project-suspended', { consumer: 'projects/7' })
    expect(groups(alone)).toEqual([[1, 2]])
    expect(alone.views.keys().rows[1]?.project).toBe('projects/7')
  })

  test('does nothing where the setting is off, and leaves no timer when it closes', async () => {
    const { engine, calls, run } = survey({ projects: [0, 0], policy: { enabled: false } })
    await run()
    expect(calls).toEqual([])
    engine.close()
    expect(engine.clock.timers).toBe(0)
  })
})
