import type { Candidate, LaneTable } from '../inventory/entities.ts'
import { noStandings } from '../lanes/lane-table.ts'
import type { KeyRequest, Choice, KeyId, ProjectId, NoKeyReason } from '../types.ts'
import type { Pick } from './selection.ts'
import { snapshotLane, type LaneSnapshot } from '../views/snapshots.ts'
import type { EngineContext } from '../inventory/engine-context.ts'
import type { LaneStatus } from '../lane-status.ts'

export type TierExplanation = {
  readonly priority: number
  readonly paid: boolean
  /** Groups of keys (a project's keys of one priority) that stand here. */
  readonly groups: number
  /** Of these, how many have not been used for this lane yet. */
  readonly unused: number
  readonly laneStatuses: Readonly<Record<LaneStatus, number>>
}

export type Explanation = {
  readonly at: number
  readonly lane: string
  readonly tiers: readonly TierExplanation[]
  readonly lanes: readonly LaneSnapshot[]
  readonly chosen:
    | {
        readonly key: KeyId
        readonly project: ProjectId
        readonly choice: Choice
        readonly because: string
      }
    | undefined
  readonly refusal: NoKeyReason | undefined
}

const lanesShown = 50

const reasons = {
  owner: 'Its project owns a resource that the request uses.',
  conversation: 'It served this conversation last, and its lane has room.',
  pool: 'It answered lately and it is its turn in the pool.',
  'least-recently-used': 'Of the lanes with room, its was used least recently.',
} as const satisfies Record<Choice, string>

type Look = {
  readonly wanted: KeyRequest
  readonly answer: Pick | NoKeyReason
  readonly now: number
}

/** Says what a request would meet now, and why; takes nothing. */
export function explain(world: EngineContext, { wanted, answer, now }: Look): Explanation {
  const table = world.lanes.tables.get(wanted.lane)
  const picked = 'kind' in answer ? undefined : answer
  return {
    at: now,
    lane: wanted.lane,
    tiers: table ? tiersOf(world, table) : [],
    lanes: table ? firstLanes(table, now) : [],
    chosen: picked && {
      key: picked.key.id,
      project: picked.key.seat.project.id,
      choice: picked.choice,
      because: reasons[picked.choice],
    },
    refusal: 'kind' in answer ? answer : undefined,
  }
}

function firstLanes(table: LaneTable, now: number): LaneSnapshot[] {
  const shown: LaneSnapshot[] = []
  for (const lane of table.lanes) {
    if (shown.length === lanesShown) break
    shown.push(snapshotLane(lane, now))
  }
  return shown
}

function tiersOf(world: EngineContext, table: LaneTable): TierExplanation[] {
  const entries: Candidate[] = table.lanes.flatMap((lane) => lane.entries)
  return world.fleet.lines
    .filter((line) => line.seats.length > line.gone)
    .map((line) => {
      const here = entries.filter((entry) => entry.seat.line === line)
      const laneStatuses = noStandings()
      for (const { standing } of here) if (standing) laneStatuses[standing] += 1
      const groups = line.seats.length - line.gone
      const { priority, paid } = line
      return { priority, paid, groups, unused: groups - here.length, laneStatuses }
    })
}
