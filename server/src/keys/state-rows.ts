import type { VerdictName } from '../google/verdicts.ts'
import type { KeyCooldown, Suspension } from './inventory/cooldown.ts'
import type { FilesRefused, Marker } from './inventory/entities.ts'
import type { Kept, LaneMemory } from './lanes/lane-memory.ts'
import type { KeyId, ProjectId } from './types.ts'

/** The shape of the rows below. Rows of another version are passed over: what they hold is learned again. */
export const stateVersion = 1

export type KeyStateRow = {
  readonly kind: 'key'
  readonly version: typeof stateVersion
  readonly key: KeyId
  readonly learnedProject?: ProjectId
  /** Not given: Google named the project. */
  readonly learnedFrom?: 'files'
  readonly surveyed?: true
  readonly marker?: Marker
  readonly filesRefused?: FilesRefused
  readonly deadMark?: {
    readonly verdict: VerdictName
    readonly at: number
    readonly message: string | undefined
    readonly checkedAt: number
  }
  readonly cooldown?: Kept<KeyCooldown>
  readonly streak: number
  readonly cooldownLevel: number
  readonly suspected: boolean
}

export type ProjectStateRow = {
  readonly kind: 'project'
  readonly version: typeof stateVersion
  readonly project: ProjectId
  readonly learnedPaid?: boolean
  readonly suspension?: Kept<Suspension>
}

export type LaneStateRow = LaneMemory & {
  readonly kind: 'lane'
  readonly version: typeof stateVersion
  readonly project: ProjectId
  readonly lane: string
  readonly model: string
}

export type StateRow = KeyStateRow | ProjectStateRow | LaneStateRow

/** As the store takes it. `row` is undefined when nothing is left to remember. */
export type StateChange = { readonly id: string; readonly row: StateRow | undefined }

export type StateSubject =
  | { readonly kind: 'key'; readonly key: KeyId }
  | { readonly kind: 'project'; readonly project: ProjectId }
  | { readonly kind: 'lane'; readonly project: ProjectId; readonly lane: string }

/** The id of the row of a key, project or lane; also of a row itself. */
export function stateRowId(of: StateSubject): string {
  switch (of.kind) {
    case 'key':
      return `key:${of.key}`
    case 'project':
      return `project:${of.project}`
    case 'lane':
      return `lane:${of.project}:${of.lane}`
  }
}

/** As the engine gives it, and as another engine takes it. */
export type EngineChange = StateChange & { readonly of: StateSubject }
