import type { Random } from '../../runtime/time/clock.ts'
import type { Breaker } from '../effects/breaker.ts'
import type { Egress } from '../effects/egress.ts'
import type { Confirm } from '../effects/doubt.ts'
import type { CorrelatedFailures } from '../effects/correlated-failures.ts'
import type { EmitKeyEvent } from '../events.ts'
import type { LaneTables } from '../lanes/lane-tables.ts'
import type { Lanes } from '../lanes/lanes.ts'
import type { Calendar } from '../lanes/ledger.ts'
import type { KeyPolicy } from '../policy.ts'
import type { Key, Lane, LaneTable, Project } from './entities.ts'
import type { Inventory } from './inventory.ts'
import type { ProjectProposals } from './project-proposals.ts'

/** Everything an effect may read or change. */
export type EngineContext = {
  readonly policy: () => KeyPolicy
  readonly random: Random
  readonly now: () => number
  readonly calendar: Calendar
  readonly inventory: Inventory
  readonly tables: LaneTables
  readonly lanes: Lanes
  readonly egress: Egress
  readonly correlated: CorrelatedFailures
  /** Believes every refusal before the checks are started. */
  readonly confirm: Confirm
  readonly proposals: ProjectProposals
  readonly emit: EmitKeyEvent
  modelBreaker(table: LaneTable): Breaker
  /** Marks a lane for the next flush. */
  remember(lane: Lane): void
  /** Each requeues the thing, marks it for the next flush, and wakes the requests that wait for it. */
  readonly changed: {
    lane(lane: Lane): void
    project(project: Project): void
    key(key: Key): void
  }
}
