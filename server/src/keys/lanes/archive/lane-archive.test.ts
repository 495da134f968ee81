import { expect, test } from 'vitest'

import type { KeyGroup, LaneTable } from '../../inventory/entities.ts'
import { createGroup, createTier } from '../../inventory/key-group.ts'
import { createProject } from '../../inventory/project.ts'
import type { LaneStatus } from '../../lane-status.ts'
import { createLaneTable } from '../lane-table.ts'
import type { LaneMemory } from '../lane-memory.ts'
import { LaneArchive } from './lane-archive.ts'

const start = Date.UTC(2026, 8, 19, 18)
const tier = createTier(0, false)
const aGroup = (name: string) => createGroup(createProject(name), tier)
const memory: LaneMemory = { unknownQuotas: 2, notFound: 0 }

type Put = {
  readonly table: LaneTable
  readonly group: KeyGroup
  readonly wakeAt: number
  readonly status?: LaneStatus
}

function put(archive: LaneArchive, { table, group, wakeAt, status = 'cooling' }: Put): void {
  archive.put({ table, group, status, wakeAt }, memory)
}

test('gives back what was put, once', () => {
  const archive = new LaneArchive()
  const [table, group] = [createLaneTable('a', 'a'), aGroup('p')]
  put(archive, { table, group, wakeAt: start })
  expect(archive.peek(table, group.project)).toMatchObject({ unknownQuotas: 2 })
  expect(archive.take(table, group.project)).toMatchObject({ unknownQuotas: 2 })
  expect(archive.take(table, group.project)).toBeUndefined()
  expect(archive.size).toBe(0)
})

test('keeps the lanes of a project apart by table', () => {
  const archive = new LaneArchive()
  const [a, b, group] = [createLaneTable('a', 'a'), createLaneTable('b', 'b'), aGroup('p')]
  put(archive, { table: a, group, wakeAt: start + 1000 })
  put(archive, { table: b, group, wakeAt: start + 2000 })
  expect(new Set(archive.tablesOf(group.project))).toEqual(new Set([a, b]))
  expect([archive.opensAt(a, group.project), archive.opensAt(b, group.project)]).toEqual([
    start + 1000,
    start + 2000,
  ])
  archive.take(a, group.project)
  expect(archive.tablesOf(group.project)).toEqual([b])
})

test('hands out those whose time has come in the order of their times, so many at once, each once', () => {
  const archive = new LaneArchive()
  const table = createLaneTable('a', 'a')
  const [late, early, never] = [aGroup('late'), aGroup('early'), aGroup('never')]
  put(archive, { table, group: late, wakeAt: start + 2000 })
  put(archive, { table, group: early, wakeAt: start + 1000 })
  put(archive, { table, group: never, wakeAt: Infinity, status: 'unavailable' })
  expect(archive.wakesAt(table)).toBe(start + 1000)
  expect(archive.due(table, start, 10)).toEqual([])
  expect(archive.due(table, start + 5000, 1)).toEqual([early])
  expect(archive.due(table, start + 5000, 10)).toEqual([late])
  expect(archive.due(table, start + 5000, 10)).toEqual([])
  expect(archive.wakesAt(table)).toBe(Infinity)
})

test('counts in the statuses of its table, as ready once the time has come', () => {
  const archive = new LaneArchive()
  const [table, group] = [createLaneTable('a', 'a'), aGroup('p')]
  put(archive, { table, group, wakeAt: start })
  expect(table.statusCounts).toMatchObject({ cooling: 1, ready: 0 })
  archive.due(table, start, 10)
  expect(table.statusCounts).toMatchObject({ cooling: 0, ready: 1 })
  archive.take(table, group.project)
  expect(table.statusCounts).toMatchObject({ cooling: 0, ready: 0 })
})

test('wakes the lanes of a project that changed before their time', () => {
  const archive = new LaneArchive()
  const [table, group, other] = [createLaneTable('a', 'a'), aGroup('p'), aGroup('q')]
  put(archive, { table, group, wakeAt: Infinity, status: 'unavailable' })
  put(archive, { table, group: other, wakeAt: start + 1000 })
  expect(archive.wake(group.project).map((one) => one.group)).toEqual([group])
  expect(archive.opensAt(table, group.project)).toBe(0)
  expect(archive.opensAt(table, other.project)).toBe(start + 1000)
})

test('drops the lanes of a table, and uses its number for the next one', () => {
  const archive = new LaneArchive()
  const [a, b, group] = [createLaneTable('a', 'a'), createLaneTable('b', 'b'), aGroup('p')]
  put(archive, { table: a, group, wakeAt: start })
  archive.dropTable(a)
  expect([archive.size, archive.tablesOf(group.project)]).toEqual([0, []])
  expect(a.statusCounts.cooling).toBe(0)
  put(archive, { table: b, group, wakeAt: start })
  expect([...archive.all()].map(({ table }) => table)).toEqual([b])
})
