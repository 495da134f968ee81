import { cooldownEndsAt } from '../inventory/cooldown.ts'
import type { EngineContext } from '../inventory/engine-context.ts'
import type { Lane } from '../inventory/entities.ts'
import type { LaneStatus } from '../lane-status.ts'
import type { LaneFilter, LaneSnapshot, Paged } from '../views.ts'
import { paged } from './paged.ts'

const keysShown = 20

export function snapshotLanes(
  context: EngineContext,
  filter: LaneFilter,
  now: number,
): Paged<LaneSnapshot> {
  const { lane: name, project, status } = filter
  const tables = [...context.tables.all()]
  const inMemory = tables
    .filter((table) => name === undefined || table.name === name)
    .flatMap((table) => table.lanes)
    .filter((lane) => project === undefined || lane.project.id === project)
    .filter((lane) => status === undefined || statusOf(lane) === status)
  const archived = [...context.lanes.archived].filter(
    (one) =>
      (name === undefined || one.table.name === name) &&
      (project === undefined || one.group.project.id === project) &&
      (status === undefined || one.status === status),
  )
  return paged([...inMemory, ...archived], filter, (lane) =>
    snapshotLane('ledger' in lane ? lane : context.lanes.show(lane), now),
  )
}

function statusOf({ candidates }: Lane): LaneStatus {
  const ready = candidates.find((candidate) => candidate.status === 'ready')
  return ready?.status ?? candidates[0]?.status ?? 'no-key'
}

export function snapshotLane(lane: Lane, now: number): LaneSnapshot {
  const { project, table, cooldown, ledger, learned, candidates } = lane
  const status = statusOf(lane)
  const wakesAt = Math.min(...candidates.map(({ wakeAt }) => wakeAt))
  const closed = cooldown && cooldownEndsAt(cooldown, now) > now ? cooldown : undefined
  const { minuteRequests, minuteTokens, dayRequests, dayTokens } = ledger.counts(now)
  return {
    project: project.id,
    lane: table.name,
    keys: project.groups.flatMap((group) => group.keys.map(({ id }) => id)).slice(0, keysShown),
    status,
    since: closed?.since ?? project.suspension?.since,
    until: status === 'ready' || wakesAt === Infinity ? undefined : wakesAt,
    reason: closed?.kind ?? project.suspension?.reason,
    quotaIds: closed?.quotaIds ?? [],
    message: closed?.message ?? project.suspension?.message,
    limits: ledger.limits,
    learned,
    used: { minuteRequests, minuteTokens, dayRequests, dayTokens },
    tokensLeft: ledger.tokensLeft(now),
    inFlight: lane.inFlight,
  }
}
