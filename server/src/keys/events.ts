import type { KeyId, ProjectId } from './types.ts'
import type { VerdictName } from '../google/verdicts.ts'

/** For the log, the metrics and the pages. Never holds a secret. */
export type KeyEvent =
  | { readonly kind: 'key-died'; readonly key: KeyId; readonly verdict: VerdictName }
  | { readonly kind: 'key-revived'; readonly key: KeyId }
  | {
      readonly kind: 'key-cooled'
      readonly key: KeyId
      readonly verdict: VerdictName
      readonly until: number
    }
  | {
      readonly kind: 'project-suspended'
      readonly project: ProjectId
      readonly verdict: VerdictName
      readonly until: number
    }
  | { readonly kind: 'project-resumed'; readonly project: ProjectId }
  | { readonly kind: 'project-learned'; readonly key: KeyId; readonly project: ProjectId }
  | {
      readonly kind: 'lane-closed'
      readonly project: ProjectId
      readonly lane: string
      readonly verdict: VerdictName
      readonly until: number
      readonly quotaIds: readonly string[]
    }
  | { readonly kind: 'lane-reopened'; readonly project: ProjectId; readonly lane: string }
  | {
      readonly kind: 'limit-learned'
      readonly project: ProjectId
      readonly lane: string
      readonly quotaId: string
      readonly limit: number
    }
  | { readonly kind: 'model-overloaded'; readonly lane: string; readonly until: number }
  | { readonly kind: 'model-recovered'; readonly lane: string }
  | {
      readonly kind: 'egress-down'
      readonly verdict: VerdictName
      readonly until: number
      /** The code of the failure: `ECONNREFUSED`. */
      readonly reason: string | undefined
      readonly message: string | undefined
    }
  | { readonly kind: 'egress-recovered' }
  | {
      readonly kind: 'failures-correlated'
      readonly verdict: VerdictName
      readonly keys: readonly KeyId[]
    }
  | { readonly kind: 'projects-look-shared'; readonly keys: readonly KeyId[] }
  | {
      readonly kind: 'projects-joined'
      readonly project: ProjectId
      readonly keys: readonly KeyId[]
    }
  /** Keys are of one project, and are assigned to different ones. */
  | {
      readonly kind: 'projects-contradict'
      readonly keys: readonly KeyId[]
      readonly projects: readonly ProjectId[]
    }

export type EmitKeyEvent = (event: KeyEvent) => void
