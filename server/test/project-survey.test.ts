import type { FakeOptions } from '@gemini-balance/fake-gemini'
import { foreignFileMark } from '@gemini-balance/fake-gemini'
import { expect, test } from 'vitest'
import { compose } from '../src/app/compose.ts'
import { useTemporaryFolder } from '../src/runtime/testing/temporary-folder.ts'
import { callAdmin } from './support/admin.ts'
import { keyNumber, startGateway, type TestGateway } from './support/gateway.ts'

const folder = useTemporaryFolder()

type FakeProjects = NonNullable<FakeOptions['projects']>

/** Projects with these numbers of keys. */
function projectsOf(sizes: readonly number[]): FakeProjects[number][] {
  let next = 0
  return sizes.map((size, index) => ({
    id: `project-${index}`,
    tier: 'paid1' as const,
    keys: Array.from({ length: size }, () => keyNumber(next++)),
  }))
}

const start = (projects: FakeProjects, dataDir?: string) =>
  startGateway({
    fake: { projects },
    settings: { PROJECT_SURVEY_ENABLED: 'true' },
    ...(dataDir === undefined ? {} : { dataDir }),
  })

/** The values of the keys of each project, as the gateway groups them. */
function grouped({ program }: TestGateway): string[][] {
  const groups = new Map<string, string[]>()
  for (const { id, project } of program.engine.views.keys().rows) {
    const secret = keyNumber(id - 1)
    groups.set(project, [...(groups.get(project) ?? []), secret])
  }
  return [...groups.values()]
}

const keysOf = (projects: FakeProjects) => projects.map(({ keys }) => keys)
const filesIn = (gateway: TestGateway, projects: FakeProjects) =>
  projects.flatMap(({ id }) => gateway.fake.files(id ?? ''))
const patient = { timeout: 30_000, interval: 200 }

test('keys are grouped by their projects, by one list a key and one upload a project', async () => {
  const projects = projectsOf([3, 1, 2, 5, 1, 4, 2, 2])
  const gateway = await start(projects)
  await expect.poll(() => grouped(gateway), patient).toEqual(keysOf(projects))
  await expect.poll(() => filesIn(gateway, projects), patient).toEqual([])
  const { byKey, byProject } = gateway.fake.fileCalls()
  for (const { lists } of Object.values(byKey)) expect(lists).toBeLessThanOrEqual(1)
  for (const { uploads } of Object.values(byProject)) expect(uploads).toBe(1)
  await gateway.close()
}, 60_000)

test('names of other files are not shown, logged or kept', async () => {
  const projects = projectsOf([2, 2]).map((one) => ({ ...one, files: { foreign: 250 } }))
  const gateway = await start(projects)
  await expect.poll(() => grouped(gateway), patient).toEqual(keysOf(projects))
  expect(gateway.logged.join('')).not.toContain(foreignFileMark)
  for (const path of ['/api/keys', '/api/projects', '/api/attempts']) {
    expect((await callAdmin(gateway, path)).text).not.toContain(foreignFileMark)
  }
  await gateway.close()
}, 60_000)

test('keys that may not use files stay alone, in service and in good health', async () => {
  const projects = projectsOf([2, 2, 2]).map((one, index) =>
    index === 1 ? { ...one, files: { misbehaviours: ['refused'] } } : one,
  )
  const gateway = await start(projects)
  const alone = projects.flatMap(({ keys }, index) =>
    index === 1 ? keys.map((key) => [key]) : [keys],
  )
  await expect.poll(() => grouped(gateway), patient).toEqual(alone)
  const states = gateway.program.engine.views.keys().rows.map(({ state }) => state)
  expect(new Set(states)).toEqual(new Set(['active']))
  await gateway.close()
}, 60_000)

test('a list that is behind misleads nobody', async () => {
  const projects = projectsOf([2, 2]).map((one) => ({
    ...one,
    files: { misbehaviours: ['list-behind-700'] },
  }))
  const gateway = await start(projects)
  await expect.poll(() => grouped(gateway), patient).toEqual(keysOf(projects))
  await gateway.close()
}, 60_000)

test('a restart in the middle goes on where it was, and asks no key twice', async () => {
  const projects = projectsOf([3, 3, 3, 3, 3])
  const first = await start(projects, folder())
  await expect.poll(() => filesIn(first, projects).length, patient).toBeGreaterThanOrEqual(2)
  // The files outlive the gateway.
  const { fake } = first
  await first.program.close()
  const again = await compose({
    environment: {
      HOST: '127.0.0.1',
      PORT: '0',
      DATA_DIR: folder(),
      AUTH_TOKEN: 'admin-token-for-tests',
      CHECK_INTERVAL_HOURS: '0',
    },
    logDestination: { write: () => true },
  })
  const restarted = { ...first, program: again }
  await expect.poll(() => grouped(restarted), patient).toEqual(keysOf(projects))
  await expect.poll(() => filesIn(restarted, projects), patient).toEqual([])
  const { byProject } = fake.fileCalls()
  for (const { uploads, lists } of Object.values(byProject)) {
    expect(uploads).toBeLessThanOrEqual(2)
    expect(lists).toBeLessThanOrEqual(4)
  }
  await again.close()
  await fake.close()
}, 60_000)
