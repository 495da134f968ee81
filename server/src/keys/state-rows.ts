import type { Block, Death, Key, Lane, Project, RestReason, Suspension } from './entities.ts'
import type { Gate } from './gate.ts'
import type { LedgerCounts } from './ledger.ts'
import type { LearnedLimits } from './limits.ts'
import type { KeyId, ProjectId } from './port.ts'
import type { VerdictName } from './verdicts.ts'

/** Shape of the rows below. Rows of another version are left aside: what they knew is learned again. */
export const stateVersion = 1

/** A time that never comes is written as null. */
type GateRow = {
  readonly since: number
  readonly until: number | null
  readonly needsTrial: boolean
}

export type KeyRow = {
  readonly kind: 'key'
  readonly version: typeof stateVersion
  readonly key: KeyId
  readonly learnedProject?: ProjectId
  readonly death?: Death
  readonly rest?: {
    readonly gate: GateRow
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
  readonly suspension?: Omit<Suspension, 'gate'> & { readonly gate: GateRow }
}

export type LaneRow = {
  readonly kind: 'lane'
  readonly version: typeof stateVersion
  readonly project: ProjectId
  readonly lane: string
  readonly model: string
  readonly block?: Omit<Block, 'gate'> & { readonly gate: GateRow }
  readonly learned?: LearnedLimits
  readonly unexplained: number
  readonly notFound: number
  readonly counts?: LedgerCounts
}

export type StateRow = KeyRow | ProjectRow | LaneRow
/** `row` is undefined when nothing is left to remember. */
export type StateChange = { readonly id: string; readonly row: StateRow | undefined }

export const keyRowId = (key: KeyId): string => `key:${key}`
export const projectRowId = (project: ProjectId): string => `project:${project}`
export const laneRowId = ({ project, table }: Lane): string => `lane:${project.id}:${table.name}`

const version = stateVersion

function gateRow({ since, until, needsTrial }: Gate): GateRow {
  return { since, until: until === Infinity ? null : until, needsTrial }
}

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
    ...(rest && { rest: { ...rest, gate: gateRow(rest.gate) } }),
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
    ...(suspension && { suspension: { ...suspension, gate: gateRow(suspension.gate) } }),
  }
}

export function laneRow(lane: Lane, now: number): LaneRow | undefined {
  const { project, table, block, learned, unexplained, notFound } = lane
  if (!block && !learned && !project.limits) return undefined
  return {
    kind: 'lane',
    version,
    project: project.id,
    lane: table.name,
    model: table.model,
    ...(block && { block: { ...block, gate: gateRow(block.gate) } }),
    ...(learned && { learned }),
    unexplained,
    notFound,
    counts: lane.ledger.counts(now),
  }
}
