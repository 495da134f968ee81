import type { Dirty } from './changes.ts'
import type { Lane } from '../inventory/entities.ts'
import { gateFrom } from '../lanes/archive/lane-memory.ts'
import {
  keyRow,
  keyRowId,
  laneRow,
  laneRowId,
  projectRow,
  projectRowId,
  stateVersion,
  type KeyRow,
  type LaneRow,
  type ProjectRow,
  type StateChange,
  type StateRow,
} from './rows.ts'
import type { EngineContext } from '../inventory/engine-context.ts'

/** What survives a restart: only keys, projects and lanes about which there is something to remember. */
export type State = {
  exportAll(): StateRow[]
  /** After `setKeys`. Rows of keys and projects that are gone, and of other versions, are passed over. */
  load(rows: readonly StateRow[]): void
  /** What changed since the last call, or so much of it, to be written over what was written before. */
  takeChanges(most?: number): StateChange[]
}

type Deps = { readonly world: EngineContext; readonly dirty: Dirty }

export function createState({ world, dirty }: Deps): State {
  const { fleet } = world
  return {
    exportAll() {
      const projects = [...fleet.projects.values()]
      const rows = [
        ...[...fleet.keys.values()].map(keyRow),
        ...projects.map(projectRow),
        ...projects.flatMap((project) =>
          world.lanes
            .memoriesOf(project)
            .map(({ table, memory }) => laneRow({ project, table }, memory)),
        ),
      ]
      return rows.filter((row) => row !== undefined)
    },
    load(rows) {
      const known = rows.filter((row) => row.version === stateVersion)
      // Keys first: a learned project exists only once its keys have moved there.
      for (const row of known) if (row.kind === 'key') importKey(world, row)
      for (const row of known) if (row.kind === 'project') importProject(world, row)
      for (const row of known) if (row.kind === 'lane') importLane(world, row)
    },
    takeChanges(most = Infinity) {
      const changes: StateChange[] = []
      // By name, not by identity: what went may have come again under the same name.
      for (const { id } of taken(dirty.keys, most)) {
        const key = fleet.keys.get(id)
        changes.push({ id: keyRowId(id), row: key && keyRow(key) })
      }
      for (const { id } of taken(dirty.projects, most - changes.length)) {
        const project = fleet.projects.get(id)
        changes.push({ id: projectRowId(id), row: project && projectRow(project) })
      }
      for (const gone of taken(dirty.lanes, most - changes.length)) {
        changes.push({ id: laneRowId(gone), row: rowNow(world, gone) })
      }
      return changes
    },
  }
}

/** Takes so many out of the set. */
function* taken<T>(set: Set<T>, most: number): Iterable<T> {
  let left = most
  for (const item of set) {
    if (left <= 0) return
    left -= 1
    set.delete(item)
    yield item
  }
}

/** By name, not by identity: a lane that went, or fell asleep, may be another now. */
function rowNow({ fleet, lanes }: EngineContext, gone: Lane): LaneRow | undefined {
  const project = fleet.projects.get(gone.project.id)
  const table = lanes.tables.get(gone.table.name)
  const memory = project && table && lanes.memoryOf(table, project)
  return memory && laneRow({ project, table }, memory)
}

function importKey(world: EngineContext, row: KeyRow): void {
  const key = world.fleet.keys.get(row.key)
  if (!key) return
  if (row.learnedProject !== undefined && key.projectSource === undefined) {
    world.fleet.move(key, { project: row.learnedProject, source: 'learned' })
  }
  const { trialPatienceMs: patienceMs } = world.policy()
  key.death = row.death && { ...row.death }
  key.rest = row.rest && { ...row.rest, gate: gateFrom(row.rest.gate, patienceMs) }
  key.streak = row.streak
  key.restLevel = row.restLevel
  key.suspected = row.suspected
  world.fleet.refresh(key.seat)
}

function importProject(world: EngineContext, row: ProjectRow): void {
  const project = world.fleet.projects.get(row.project)
  if (!project) return
  const { suspension, learnedPaid } = row
  project.suspension = suspension && {
    ...suspension,
    gate: gateFrom(suspension.gate, world.policy().trialPatienceMs),
  }
  if (learnedPaid !== undefined && project.paid === undefined) {
    project.paid = learnedPaid
    project.paidSource = 'learned'
    world.fleet.reseat(project)
  }
  world.lanes.placeProject(project)
}

function importLane(world: EngineContext, row: LaneRow): void {
  const project = world.fleet.projects.get(row.project)
  if (!project) return
  const table = world.lanes.tableFor(row.lane, row.model)
  const [seat] = project.seats
  if (!seat) return
  const { lane } = world.lanes.entryFor(table, seat)
  world.lanes.recall(lane, row)
  world.lanes.placeLane(lane)
}
