import type { Clock, Random } from '../../runtime/time/clock.ts'
import { pacificCalendar } from '../../runtime/time/calendar.ts'
import { createBreaker, type Breaker } from '../effects/breaker.ts'
import { createEgress } from '../effects/egress.ts'
import type { Confirm } from '../effects/doubt.ts'
import { createCorrelatedFailures } from '../effects/correlated-failures.ts'
import type { EmitKeyEvent } from '../events.ts'
import { followInventory } from '../lanes/follow-inventory.ts'
import { LaneTables } from '../lanes/lane-tables.ts'
import { isTrivial } from '../lanes/lane.ts'
import { Lanes } from '../lanes/lanes.ts'
import { requeueLane } from '../lanes/queues.ts'
import type { KeyPolicy } from '../policy.ts'
import type { Pool } from '../pool/pool.ts'
import type { Changes } from '../state/changes.ts'
import type { EngineContext } from './engine-context.ts'
import type { LaneTable } from './entities.ts'
import { Inventory } from './inventory.ts'
import { isUsable } from './key.ts'
import { createProjectProposals } from './project-proposals.ts'

type Deps = {
  readonly clock: Clock
  readonly random: Random
  readonly policy: () => KeyPolicy
  readonly changes: Changes
  readonly pool: Pool
  readonly emit: EmitKeyEvent
  /** Something changed that requests may wait for on any lane. */
  readonly wakesOthers: () => void
  readonly confirm: Confirm
}

export function createContext(deps: Deps): EngineContext {
  const { policy, clock, random, emit, changes } = deps
  const now = () => clock.now()
  const breakers = new WeakMap<LaneTable, Breaker>()
  const calendar = { pacific: pacificCalendar, guardMs: () => policy().quota.windowGuardMs }
  const lanes = new Lanes({
    calendar,
    now,
    policy,
    laneGone(lane) {
      if (!isTrivial(lane)) changes.lanes.add(lane)
    },
  })
  const tables = new LaneTables({
    cap: () => policy().capacity.tables,
    onDrop: (table) => lanes.dropTable(table),
  })
  return {
    policy,
    random,
    now,
    calendar,
    tables,
    lanes,
    inventory: createInventory(deps, lanes),
    egress: createEgress(),
    correlated: createCorrelatedFailures(() => policy().failures.correlated),
    confirm: deps.confirm,
    proposals: createProjectProposals(),
    emit,
    modelBreaker(table) {
      const known = breakers.get(table)
      if (known) return known
      const breaker = createBreaker()
      breakers.set(table, breaker)
      return breaker
    },
    remember: (lane) => changes.lanes.add(lane),
    changed: watchChanges(deps, lanes),
  }
}

function createInventory({ clock, changes, pool }: Deps, lanes: Lanes): Inventory {
  const follow = followInventory(lanes, () => clock.now())
  return new Inventory({
    groupAdded: follow.groupAdded,
    groupChanged: follow.groupChanged,
    groupGone: follow.groupGone,
    keyGone(key) {
      pool.forget(key.id)
      changes.keys.add(key)
    },
    projectGone(project, successor) {
      follow.projectGone(project, successor)
      changes.projects.add(project)
    },
  })
}

function watchChanges(deps: Deps, lanes: Lanes): EngineContext['changed'] {
  const { clock, changes, pool, wakesOthers } = deps
  return {
    lane(lane) {
      requeueLane(lane, clock.now())
      changes.lanes.add(lane)
    },
    project(project) {
      lanes.requeueProject(project)
      changes.projects.add(project)
      wakesOthers()
    },
    key(key) {
      lanes.requeueGroup(key.group)
      changes.keys.add(key)
      // A key that is dead, disabled or cooling leaves the pool at once.
      if (!isUsable(key) || key.cooldown) pool.remove(key.id)
      wakesOthers()
    },
  }
}
