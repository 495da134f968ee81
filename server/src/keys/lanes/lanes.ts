import type { Candidate, KeyGroup, Lane, LaneTable, Project } from '../inventory/entities.ts'
import { addLane } from '../inventory/project.ts'
import type { KeyPolicy } from '../policy.ts'
import { LaneArchive, type ArchivedLane } from './archive/lane-archive.ts'
import { laneMemory, type LaneMemory } from './lane-memory.ts'
import { candidateOf, laneOf } from './lane-table.ts'
import { applyLimits, createLane, isTrivial, removeLane, restoreLane } from './lane.ts'
import type { Calendar } from './ledger.ts'
import {
  addCandidate,
  dropCandidates,
  enqueue,
  enterQueues,
  mostIdle,
  queueOf,
  refreshStatus,
  requeueLane,
  returnGroup,
  showCandidate,
} from './queues.ts'

type Deps = {
  readonly calendar: Calendar
  readonly now: () => number
  readonly policy: () => Pick<KeyPolicy, 'capacity' | 'checks'>
  readonly laneGone: (lane: Lane) => void
}

const wakesPerCall = 256

/**
 * All lanes of all tables. A lane is created when it is first used. Above the cap an idle lane is archived, or forgotten when
 * nothing is known of it.
 */
export class Lanes {
  readonly #deps: Deps
  readonly #archive = new LaneArchive()
  /** How many are in memory as objects. */
  #count = 0

  constructor(deps: Deps) {
    this.#deps = deps
  }

  candidateFor(table: LaneTable, group: KeyGroup): Candidate {
    const known = candidateOf(table, group)
    if (known) return known
    this.#keepCap(table, group)
    const lane = this.laneFor(table, group.project)
    const now = this.#deps.now()
    return lane.candidates.find((one) => one.group === group) ?? enterQueues(lane, group, now)
  }

  /** A candidate of a new lane, in no queue yet: the caller uses it or requeues the lane. */
  newCandidate(table: LaneTable, group: KeyGroup): Candidate | undefined {
    this.#keepCap(table, group)
    const lane = this.#open(table, group.project)
    for (const candidate of lane.candidates) refreshStatus(candidate, this.#deps.now())
    return lane.candidates.find((candidate) => candidate.group === group)
  }

  laneFor(table: LaneTable, project: Project): Lane {
    const known = laneOf(table, project)
    if (known) return known
    const lane = this.#open(table, project)
    requeueLane(lane, this.#deps.now())
    return lane
  }

  /** All lanes of a project, those of the archive too. */
  lanesOf(project: Project): readonly Lane[] {
    for (const table of this.#archive.tablesOf(project)) this.laneFor(table, project)
    return project.lanes
  }

  restore(lane: Lane, memory: LaneMemory): void {
    const { trialTimeoutMs } = this.#deps.policy().checks
    restoreLane(lane, memory, { now: this.#deps.now(), trialTimeoutMs })
  }

  get archived(): Iterable<ArchivedLane> {
    return this.#archive.all()
  }

  /** What an archived lane would be in memory; it stays in the archive. */
  show({ table, group, status, wakeAt }: ArchivedLane): Lane {
    const lane = createLane(table, group.project, this.#deps.calendar)
    const memory = this.#archive.peek(table, group.project)
    if (memory) this.restore(lane, memory)
    showCandidate(lane, group, { status, wakeAt })
    return lane
  }

  /** When a group's lane may be of use, as far as the archive tells. */
  opensAt(table: LaneTable, group: KeyGroup): number {
    const candidate = candidateOf(table, group)
    if (candidate) return candidate.status === 'ready' ? 0 : candidate.wakeAt
    return this.#archive.opensAt(table, group.project)
  }

  memoryOf(table: LaneTable, project: Project): LaneMemory | undefined {
    const lane = laneOf(table, project)
    return lane ? laneMemory(lane, this.#deps.now()) : this.#archive.peek(table, project)
  }

  /** Lets archived lanes whose time has come take their turn. Returns whether there were any. */
  wakeArchived(table: LaneTable, now: number): boolean {
    const groups = this.#archive.due(table, now, wakesPerCall)
    for (const group of groups) returnGroup(table, group)
    return groups.length > 0
  }

  /** When something in the table wakes next; undefined when nothing does by itself. */
  wakesAt(table: LaneTable): number | undefined {
    const wakeAt = Math.min(table.wakes.peek()?.wakeAt ?? Infinity, this.#archive.wakesAt(table))
    return wakeAt === Infinity ? undefined : wakeAt
  }

  /** After something about a project changed. */
  requeueProject(project: Project): void {
    for (const lane of project.lanes) requeueLane(lane, this.#deps.now())
    this.#wakeProject(project)
  }

  /** After something about a key of the group changed. */
  requeueGroup(group: KeyGroup): void {
    for (const { candidates } of group.project.lanes) {
      for (const one of candidates) if (one.group === group) enqueue(one, this.#deps.now())
    }
    this.#wakeProject(group.project)
  }

  /** Takes a lane out of memory for good. */
  forget(lane: Lane): void {
    this.#deps.laneGone(lane)
    this.#remove(lane)
  }

  dropTable(table: LaneTable): void {
    this.#archive.dropTable(table)
    for (const lane of table.lanes.slice()) this.forget(lane)
  }

  #open(table: LaneTable, project: Project): Lane {
    const lane = createLane(table, project, this.#deps.calendar)
    addLane(project, lane)
    table.lanes.push(lane)
    this.#count += 1
    const memory = this.#archive.take(table, project)
    if (memory) this.restore(lane, memory)
    else applyLimits(lane)
    for (const group of project.groups) addCandidate(lane, group)
    return lane
  }

  #wakeProject(project: Project): void {
    if (this.#archive.size === 0) return
    for (const { table, group } of this.#archive.wake(project)) returnGroup(table, group)
  }

  /** Makes a place for one more lane: archives the one that is missed least, or forgets it when it is ready and nothing is known of it. */
  #keepCap(table: LaneTable, { tier }: KeyGroup): void {
    if (this.#count < this.#deps.policy().capacity.lanes) return
    const candidate = mostIdle(table, queueOf(table, tier))
    if (!candidate) return
    const { lane, group, status, wakeAt } = candidate
    const isReady = status === 'ready'
    // One that is not ready must wake later, so it is not forgotten.
    const isForgotten = isReady && isTrivial(lane)
    const memory = isForgotten ? undefined : laneMemory(lane, this.#deps.now())
    this.#remove(lane)
    if (status && memory) {
      this.#archive.put({ table, group, status, wakeAt: isReady ? Infinity : wakeAt }, memory)
    }
    if (isReady) returnGroup(table, group)
  }

  #remove(lane: Lane): void {
    this.#count -= 1
    dropCandidates(lane)
    removeLane(lane)
  }
}
