import type {
  DeadMark,
  Key,
  LaneTable,
  Project,
  RestReason,
  Suspension,
} from '../inventory/entities.ts'
import { gateMemory, type GateMemory, type LaneMemory } from '../lanes/archive/lane-memory.ts'
import type { KeyId, ProjectId } from '../types.ts'
import type { VerdictName } from '../../google/verdicts.ts'

/** Shape of the rows below. Rows of another version are left aside: what they knew is learned again. */
export const stateVersion = 1

export type KeyRow = {
  readonly kind: 'key'
  readonly version: typeof stateVersion
  readonly key: KeyId
  readonly learnedProject?: ProjectId
  readonly death?: DeadMark
  readonly rest?: {
    readonly gate: GateMemory
    readonly reason: RestReason
    readonly verdict: VerdictName
  }
  readonly streak: number
  readonly restLevel: number
  readonly suspected: boolean
}

export type ProjectRow = {
  readonly kind: 'project'
  readonly version: typeof stateVersion
  readonly project: ProjectId
  readonly learnedPaid?: boolean
  readonly suspension?: Omit<Suspension, 'gate'> & { readonly gate: GateMemory }
}

export type LaneRow = LaneMemory & {
  readonly kind: 'lane'
  readonly version: typeof stateVersion
  readonly project: ProjectId
  readonly lane: string
  readonly model: string
}

export type StateRow = KeyRow | ProjectRow | LaneRow
/** `row` is undefined when nothing is left to remember. */
export type StateChange = { readonly id: string; readonly row: StateRow | undefined }

export const keyRowId = (key: KeyId): string => `key:${key}`
export const projectRowId = (project: ProjectId): string => `project:${project}`
export const laneRowId = ({ project, table }: LaneName): string =>
  `lane:${project.id}:${table.name}`

type LaneName = { readonly project: Project; readonly table: LaneTable }

const version = stateVersion

export function keyRow(key: Key): KeyRow | undefined {
  const { death, rest, streak, restLevel, suspected } = key
  const learned = key.projectSource === 'learned'
  if (!death && !rest && !learned && streak === 0 && !suspected) return undefined
  return {
    kind: 'key',
    version,
    key: key.id,
    ...(learned && { learnedProject: key.seat.project.id }),
    ...(death && { death }),
    ...(rest && { rest: { ...rest, gate: gateMemory(rest.gate) } }),
    streak,
    restLevel,
    suspected,
  }
}

export function projectRow(project: Project): ProjectRow | undefined {
  const { id, paid, paidSource, suspension } = project
  const learnedPaid = paidSource === 'learned' ? paid : undefined
  if (learnedPaid === undefined && !suspension) return undefined
  return {
    kind: 'project',
    version,
    project: id,
    ...(learnedPaid !== undefined && { learnedPaid }),
    ...(suspension && { suspension: { ...suspension, gate: gateMemory(suspension.gate) } }),
  }
}

export function laneRow({ project, table }: LaneName, memory: LaneMemory): LaneRow | undefined {
  if (!memory.block && !memory.learned && !project.limits) return undefined
  const { id } = project
  return { kind: 'lane', version, project: id, lane: table.name, model: table.model, ...memory }
}
