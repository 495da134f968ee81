import type { EngineContext } from '../inventory/engine-context.ts'
import type { LaneTable } from '../inventory/entities.ts'
import { countGroups } from '../inventory/key-group.ts'
import { noStatuses } from '../lanes/lane-table.ts'
import type { Choice, KeyRequest, NoKeyReason } from '../types.ts'
import type { Explanation, LaneSnapshot, TierExplanation } from '../views.ts'
import { snapshotLane } from '../views/lanes.ts'
import type { Pick } from './selection.ts'

const lanesShown = 50

const reasons = {
  owner: 'Its project owns a resource that the request uses.',
  conversation: 'It served this conversation last, and its lane can take the request.',
  pool: 'It answered lately, and it is its turn in the pool.',
  'least-recently-used': 'Of the lanes that can take it, its lane was used least recently.',
  probe: 'A probe checks this key.',
} as const satisfies Record<Choice, string>

type Question = {
  readonly wanted: KeyRequest
  readonly answer: Pick | NoKeyReason
  readonly now: number
}

/** What a request would get now, and why. Reserves nothing. */
export function explain(context: EngineContext, { wanted, answer, now }: Question): Explanation {
  const table = context.tables.get(wanted.lane)
  const picked = 'kind' in answer ? undefined : answer
  return {
    at: now,
    lane: wanted.lane,
    tiers: table ? tiersOf(context, table) : [],
    lanes: table ? firstLanes(table, now) : [],
    chosen: picked && {
      key: picked.key.id,
      project: picked.key.group.project.id,
      choice: picked.choice,
      because: reasons[picked.choice],
    },
    reason: 'kind' in answer ? answer : undefined,
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

function tiersOf({ inventory }: EngineContext, table: LaneTable): TierExplanation[] {
  const candidates = table.lanes.flatMap((lane) => lane.candidates)
  return inventory.tiers
    .filter((tier) => countGroups(tier) > 0)
    .map((tier) => {
      const here = candidates.filter((candidate) => candidate.group.tier === tier)
      const statusCounts = noStatuses()
      for (const { status } of here) if (status) statusCounts[status] += 1
      const groups = countGroups(tier)
      const { priority, paid } = tier
      return { priority, paid, groups, unused: groups - here.length, statusCounts }
    })
}
