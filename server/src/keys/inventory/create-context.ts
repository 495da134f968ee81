import { createBreaker, type Breaker } from '../effects/breaker.ts'
import { createCorrelatedFailures } from '../effects/correlated-failures.ts'
import type { Dirty } from '../state/changes.ts'
import type { LaneTable } from './entities.ts'
import type { KeyEvent } from '../events.ts'
import { Inventory, isUsable } from './inventory.ts'
import type { KeyPolicy } from '../policy.ts'
import { isTrivial, placeLane } from '../lanes/lane-table.ts'
import { Lanes } from '../lanes/lanes.ts'
import { pacificCalendar } from '../../runtime/calendar.ts'
import type { Pool } from '../pool/pool.ts'
import type { Clock, Random } from '../../runtime/clock.ts'
import { createProjectProposals } from './project-proposals.ts'
import type { EngineContext } from './engine-context.ts'

type Deps = {
  readonly clock: Clock
  readonly random: Random
  readonly policy: () => KeyPolicy
  readonly dirty: Dirty
  readonly pool: Pool
  readonly emit: (event: KeyEvent) => void
  /** Something changed that others than the lane at hand may have waited for. */
  readonly stirred: () => void
}

export function createContext(deps: Deps): EngineContext {
  const { policy, dirty, clock } = deps
  const breakers = new Map<LaneTable, Breaker>()
  const calendar = { pacific: pacificCalendar, guardMs: () => policy().windowGuardMs }
  const lanes = new Lanes({
    calendar,
    now: () => clock.now(),
    policy,
    tableGone: (table) => breakers.delete(table),
    laneGone(lane) {
      if (!isTrivial(lane)) dirty.lanes.add(lane)
    },
  })
  return {
    policy,
    random: deps.random,
    calendar,
    lanes,
    fleet: new Inventory({
      seatAdded: (seat) => lanes.seatAdded(seat),
      seatChanged: (seat) => lanes.placeSeat(seat),
      seatGone: (seat) => lanes.seatGone(seat),
      keyGone(key) {
        deps.pool.forget(key.id)
        dirty.keys.add(key)
      },
      projectGone(project, successor) {
        lanes.projectGone(project, successor)
        dirty.projects.add(project)
      },
    }),
    egress: createBreaker(),
    correlated: createCorrelatedFailures(() => policy().correlated),
    proposals: createProjectProposals(),
    emit: deps.emit,
    modelBreaker(table) {
      const known = breakers.get(table)
      if (known) return known
      const breaker = createBreaker()
      breakers.set(table, breaker)
      return breaker
    },
    remember: (lane) => dirty.lanes.add(lane),
    touch: {
      lane(lane) {
        placeLane(lane, clock.now())
        dirty.lanes.add(lane)
      },
      project(project) {
        lanes.placeProject(project)
        dirty.projects.add(project)
        deps.stirred()
      },
      key(key) {
        lanes.placeSeat(key.seat)
        dirty.keys.add(key)
        // Who is dead, off or resting leaves the pool at once.
        if (!isUsable(key) || key.rest) deps.pool.remove(key.id)
        deps.stirred()
      },
    },
  }
}
