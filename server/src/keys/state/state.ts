import type { EngineContext } from '../inventory/engine-context.ts'
import type { Lane, Project } from '../inventory/entities.ts'
import { clearKey, restoreKey } from '../inventory/key.ts'
import { setPaid, setSuspension } from '../inventory/project.ts'
import { clearLane, forgetLimits } from '../lanes/lane.ts'
import { laneOf } from '../lanes/lane-table.ts'
import { requeueLane } from '../lanes/queues.ts'
import {
  stateRowId,
  stateVersion,
  type EngineChange,
  type KeyStateRow,
  type LaneStateRow,
  type ProjectStateRow,
  type StateRow,
  type StateSubject,
} from '../state-rows.ts'
import type { Changes } from './changes.ts'
import { cooldownKept, keyRow, laneRow, projectRow } from './rows.ts'

/** What survives a restart, and what replicas tell one another: only keys, projects and lanes of which something is known. */
export type EngineState = {
  /** After `setKeys`. Rows of keys and projects that are gone, and of other versions, are passed over. */
  load(rows: readonly StateRow[]): void
  /** What changed since the last call, or so much of it, to be written over what was written before. */
  takeChanges(most?: number): EngineChange[]
  /** Takes over what another engine learned. It does not become a change of this one. */
  apply(changes: readonly EngineChange[]): void
}

type Deps = { readonly context: EngineContext; readonly changes: Changes }

export function createState({ context, changes }: Deps): EngineState {
  const { inventory } = context
  return {
    load(rows) {
      const known = rows.filter((row) => row.version === stateVersion)
      // Keys first: a learned project exists only once its keys have moved there.
      for (const row of known) if (row.kind === 'key') loadKey(context, row)
      for (const row of known) if (row.kind === 'project') loadProject(context, row)
      for (const row of known) if (row.kind === 'lane') loadLane(context, row)
    },
    takeChanges(most = Infinity) {
      const taken: EngineChange[] = []
      // By name, not by identity: what is gone may have come again under the same name.
      for (const { id } of take(changes.keys, most)) {
        const key = inventory.keys.get(id)
        const of = { kind: 'key', key: id } as const
        taken.push({ id: stateRowId(of), row: key && keyRow(key), of })
      }
      for (const { id } of take(changes.projects, most - taken.length)) {
        const project = inventory.projects.get(id)
        const row = project && projectRow(project)
        const of = { kind: 'project', project: id } as const
        taken.push({ id: stateRowId(of), row, of })
      }
      for (const lane of take(changes.lanes, most - taken.length)) {
        const of = { kind: 'lane', project: lane.project.id, lane: lane.table.name } as const
        taken.push({ id: stateRowId(of), row: rowNow(context, lane), of })
      }
      return taken
    },
    apply(learned) {
      for (const { row, of } of learned) {
        if (row === undefined) clear(context, of)
        else if (row.version === stateVersion) applyRow(context, row)
        settleChange({ context, changes }, of)
      }
    },
  }
}

/** Takes so many out of the set. */
function* take<T>(set: Set<T>, most: number): Iterable<T> {
  let left = most
  for (const item of set) {
    if (left <= 0) return
    left -= 1
    set.delete(item)
    yield item
  }
}

/** By name, not by identity: a lane that was forgotten or archived may be another object now. */
function rowNow({ inventory, tables, lanes }: EngineContext, lane: Lane): LaneStateRow | undefined {
  const project = inventory.projects.get(lane.project.id)
  const table = tables.get(lane.table.name)
  // The lanes of a model that a client may have invented are not stored.
  const isKept = table !== undefined && tables.isProved(table)
  const memory = project && isKept ? lanes.memoryOf(table, project) : undefined
  return project && table && memory && laneRow({ project, table }, memory)
}

function loadKey(context: EngineContext, row: KeyStateRow): void {
  const key = context.inventory.keys.get(row.key)
  if (!key) return
  if (row.learnedProject !== undefined && key.projectSource === undefined) {
    context.inventory.move(key, {
      project: row.learnedProject,
      source: row.learnedFrom ?? 'learned',
    })
  }
  const { trialTimeoutMs } = context.policy().checks
  const { deadMark, cooldown, streak, cooldownLevel, suspected } = row
  restoreKey(key, {
    deadMark,
    cooldown: cooldown && {
      ...cooldownKept(cooldown, trialTimeoutMs),
      reason: cooldown.reason,
      verdict: cooldown.verdict,
    },
    streak,
    cooldownLevel,
    suspected,
    surveyed: row.surveyed ?? false,
    marker: row.marker,
    filesRefused: row.filesRefused,
  })
  context.inventory.refresh(key.group)
}

function loadProject(context: EngineContext, row: ProjectStateRow): void {
  const project = context.inventory.projects.get(row.project)
  if (!project) return
  const { suspension, learnedPaid } = row
  setSuspension(project, suspension && keptSuspension(context, suspension))
  if (learnedPaid !== undefined && project.paid === undefined) {
    setPaid(project, learnedPaid, 'learned')
    context.inventory.regroup(project)
  }
  context.lanes.requeueProject(project)
}

function keptSuspension(
  context: EngineContext,
  kept: NonNullable<ProjectStateRow['suspension']>,
): NonNullable<Project['suspension']> {
  const { reason, message, level } = kept
  return { ...cooldownKept(kept, context.policy().checks.trialTimeoutMs), reason, message, level }
}

function loadLane(context: EngineContext, row: LaneStateRow): void {
  const project = context.inventory.projects.get(row.project)
  if (!project) return
  const table = context.tables.tableFor(row.lane, row.model)
  context.tables.prove(table)
  const [group] = project.groups
  if (!group) return
  const { lane } = context.lanes.candidateFor(table, group)
  context.lanes.restore(lane, row)
  requeueLane(lane, context.now())
}

function applyRow(context: EngineContext, row: StateRow): void {
  if (row.kind === 'key') loadKey(context, row)
  else if (row.kind === 'project') loadProject(context, row)
  // Each engine counts the calls that it made.
  else loadLane(context, { ...row, counts: undefined })
}

function clear({ inventory, tables, lanes }: EngineContext, of: StateSubject): void {
  if (of.kind === 'key') {
    const key = inventory.keys.get(of.key)
    if (!key) return
    clearKey(key)
    inventory.refresh(key.group)
    return
  }
  const project = inventory.projects.get(of.project)
  if (!project) return
  if (of.kind === 'project') return setSuspension(project, undefined)
  const table = tables.get(of.lane)
  const lane = table && (laneOf(table, project) ?? lanes.laneFor(table, project))
  if (!lane) return
  clearLane(lane)
  forgetLimits(lane)
}

/** Requeues what changed and wakes the requests that wait for it, without marking it for the next flush. */
function settleChange({ context, changes }: Deps, of: StateSubject): void {
  const key = of.kind === 'key' ? context.inventory.keys.get(of.key) : undefined
  if (key) {
    context.changed.key(key)
    changes.keys.delete(key)
  }
  const project = of.kind === 'key' ? undefined : context.inventory.projects.get(of.project)
  if (!project) return
  context.changed.project(project)
  changes.projects.delete(project)
}
