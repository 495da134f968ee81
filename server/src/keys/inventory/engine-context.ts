import type { Breaker } from '../effects/breaker.ts'
import type { CorrelatedFailures } from '../effects/correlated-failures.ts'
import type { Key, Lane, LaneTable, Project } from './entities.ts'
import type { EmitKeyEvent } from '../events.ts'
import type { Inventory } from './inventory.ts'
import type { KeyPolicy } from '../policy.ts'
import type { Lanes } from '../lanes/lanes.ts'
import type { Calendar } from '../lanes/ledger.ts'
import type { Random } from '../../runtime/clock.ts'
import type { ProjectProposals } from './project-proposals.ts'

/** Everything an effect may read or change. */
export type EngineContext = {
  readonly policy: () => KeyPolicy
  readonly random: Random
  readonly calendar: Calendar
  readonly fleet: Inventory
  readonly lanes: Lanes
  readonly egress: Breaker
  readonly correlated: CorrelatedFailures
  readonly proposals: ProjectProposals
  readonly emit: EmitKeyEvent
  modelBreaker(table: LaneTable): Breaker
  /** Marks a lane for the next flush. */
  remember(lane: Lane): void
  /** Each queues the thing afresh, marks it for the next flush, and lets those who wait look again. */
  readonly touch: {
    lane(lane: Lane): void
    project(project: Project): void
    key(key: Key): void
  }
}
