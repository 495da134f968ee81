import { describe, expect, test } from 'vitest'

import { pacificCalendar } from '../../runtime/time/calendar.ts'
import type { KeyGroup, LaneTable } from '../inventory/entities.ts'
import { createGroup, createTier, joinGroup } from '../inventory/key-group.ts'
import { createKey } from '../inventory/key.ts'
import { createProject, joinProject, setSuspension } from '../inventory/project.ts'
import { defaultKeyPolicy } from '../policy.ts'
import { aKey } from '../testing/test-engine.ts'
import { createLaneTable } from './lane-table.ts'
import { learnLimit, setLaneCooldown } from './lane.ts'
import { Lanes } from './lanes.ts'
import { advanceTurn, firstWithTokens, nextFreshGroup, queueOf, requeueLane } from './queues.ts'

const start = Date.UTC(2026, 8, 19, 18)
const minute = 60_000

type Stage = {
  readonly lanes: Lanes
  readonly table: LaneTable
  readonly groups: readonly KeyGroup[]
  readonly gone: string[]
  now: number
}

/** So many projects with one key each, in one tier, and their lanes in one table. */
function aStage(projects: number, cap = 40_000): Stage {
  const gone: string[] = []
  const tier = createTier(0, false)
  const groups = Array.from({ length: projects }, (_, index) => {
    const project = createProject(`p${index + 1}`)
    const group = createGroup(project, tier)
    joinProject(project, group)
    joinGroup(group, createKey(aKey(index + 1), group))
    tier.groups.push(group)
    return group
  })
  const lanes = new Lanes({
    calendar: { pacific: pacificCalendar, guardMs: () => 0 },
    now: () => stage.now,
    policy: () => ({
      ...defaultKeyPolicy,
      capacity: { ...defaultKeyPolicy.capacity, lanes: cap },
    }),
    laneGone: ({ project }) => gone.push(project.id),
  })
  const stage: Stage = { lanes, table: createLaneTable('gemini-a', ''), groups, gone, now: start }
  return stage
}

/** Uses the lane of a group once, as a reservation does. */
function use({ lanes, table, now }: Stage, group: KeyGroup | undefined): string {
  const key = group?.usable[0]
  if (!group || !key) throw new Error('no such group')
  const candidate = lanes.candidateFor(table, group)
  candidate.lane.ledger.record(now, 1)
  advanceTurn(candidate, key)
  requeueLane(candidate.lane, now)
  return group.project.id
}

/** What is next: a group without a lane, else the lane with the least pass. */
function next(stage: Stage, tokens = 1): KeyGroup | undefined {
  const { table, groups, lanes, now } = stage
  const [group] = groups
  if (!group) return undefined
  const queue = queueOf(table, group.tier)
  lanes.wakeArchived(table, now)
  return nextFreshGroup(table, queue) ?? firstWithTokens([queue], tokens)?.group
}

function close(stage: Stage, group: KeyGroup | undefined, until: number): void {
  if (!group) throw new Error('no such group')
  const { lane } = stage.lanes.candidateFor(stage.table, group)
  setLaneCooldown(lane, {
    since: stage.now,
    until,
    needsTrial: false,
    trialTimeoutMs: 1000,
    trialSince: undefined,
    kind: 'quota',
    quotaIds: ['PerMinute'],
    message: undefined,
  })
  requeueLane(lane, stage.now)
}

describe('turns', () => {
  test('go to groups without a lane first, then by stride', () => {
    const stage = aStage(3)
    const turns = Array.from({ length: 6 }, () => use(stage, next(stage)))
    expect(turns).toEqual(['p1', 'p2', 'p3', 'p1', 'p2', 'p3'])
  })

  test('go in proportion to what is left of the day', () => {
    const stage = aStage(2)
    for (const [index, limit] of [10, 40].entries()) {
      const group = stage.groups[index]
      if (!group) continue
      const { lane } = stage.lanes.candidateFor(stage.table, group)
      learnLimit(lane, 'dayRequests', { limit, at: start, quotaId: 'PerDay' })
      requeueLane(lane, start)
    }
    const turns = Array.from({ length: 20 }, () => use(stage, next(stage)))
    expect(turns.filter((id) => id === 'p1').length).toBe(4)
  })

  test('skip a lane with too few tokens left for the request', () => {
    const stage = aStage(1)
    const [group] = stage.groups
    if (!group) return
    const { lane } = stage.lanes.candidateFor(stage.table, group)
    learnLimit(lane, 'minuteTokens', { limit: 1000, at: start, quotaId: 'Tokens' })
    requeueLane(lane, start)
    expect(next(stage, 5000)).toBeUndefined()
    expect(next(stage, 100)).toBe(group)
  })
})

describe('status', () => {
  test('is counted by table, and a closed lane wakes by itself', () => {
    const stage = aStage(2)
    for (const group of stage.groups) use(stage, group)
    close(stage, stage.groups[0], start + minute)
    expect(stage.table.statusCounts).toMatchObject({ ready: 1, cooling: 1 })
    expect(stage.lanes.wakesAt(stage.table)).toBe(start + minute)
  })

  test('a lane without a usable key has the status no-key', () => {
    const stage = aStage(1)
    const [group] = stage.groups
    if (!group) return
    use(stage, group)
    group.usable.length = 0
    stage.lanes.requeueGroup(group)
    expect(stage.table.statusCounts).toMatchObject({ ready: 0, 'no-key': 1 })
  })
})

describe('above the cap', () => {
  test('a lane of which nothing is known is forgotten, and its group keeps its turn', () => {
    const stage = aStage(4, 2)
    const turns = Array.from({ length: 8 }, () => use(stage, next(stage)))
    expect(turns).toEqual(['p1', 'p2', 'p3', 'p4', 'p1', 'p2', 'p3', 'p4'])
    expect(stage.table.lanes.length).toBe(2)
    expect([...stage.lanes.archived]).toEqual([])
  })

  test('a lane of which something is known is archived, counts in its table and wakes in time', () => {
    const stage = aStage(3, 1)
    for (const group of stage.groups) close(stage, group, start + minute)
    expect(stage.table.lanes.length).toBe(1)
    expect([...stage.lanes.archived].length).toBe(2)
    expect(stage.table.statusCounts.cooling).toBe(3)
    expect(stage.lanes.wakesAt(stage.table)).toBe(start + minute)
    stage.now = start + minute
    const woken = new Set<string>()
    for (let turn = 0; turn < 3; turn += 1) woken.add(use(stage, next(stage) ?? stage.groups[2]))
    expect(woken).toEqual(new Set(['p1', 'p2', 'p3']))
  })

  test('a lane that is closed by its project comes back, although nothing is known of the lane', () => {
    const stage = aStage(3, 1)
    const [group] = stage.groups
    if (!group) return
    use(stage, group)
    setSuspension(group.project, {
      since: start,
      until: start + minute,
      needsTrial: false,
      trialTimeoutMs: 1000,
      trialSince: undefined,
      reason: 'project-suspended',
      message: undefined,
      level: 0,
    })
    stage.lanes.requeueProject(group.project)
    for (const other of stage.groups.slice(1)) use(stage, other)
    expect(group.project.lanes.length).toBe(0)
    stage.now = start + minute
    expect(stage.lanes.wakeArchived(stage.table, stage.now)).toBe(true)
  })

  test('an archived lane is shown without leaving the archive', () => {
    const stage = aStage(2, 1)
    for (const group of stage.groups) close(stage, group, start + minute)
    const [archived] = stage.lanes.archived
    if (!archived) throw new Error('nothing is archived')
    const shown = stage.lanes.show(archived)
    expect(shown.cooldown).toMatchObject({ kind: 'quota', quotaIds: ['PerMinute'] })
    expect([...stage.lanes.archived].length).toBe(1)
    expect(stage.table.lanes.length).toBe(1)
  })

  test('all lanes of a project come out of the archive when the project is changed', () => {
    const stage = aStage(2, 1)
    for (const group of stage.groups) close(stage, group, start + minute)
    const project = stage.groups[0]?.project ?? createProject('none')
    expect(project.lanes.length).toBe(0)
    expect(stage.lanes.lanesOf(project).length).toBe(1)
    expect(project.lanes[0]?.cooldown?.until).toBe(start + minute)
  })

  test('a table that is dropped takes its archived lanes along', () => {
    const stage = aStage(3, 1)
    for (const group of stage.groups) close(stage, group, start + minute)
    stage.lanes.dropTable(stage.table)
    expect([...stage.lanes.archived]).toEqual([])
    expect(stage.table.lanes).toEqual([])
    expect(stage.gone).toEqual(['p3'])
  })
})
