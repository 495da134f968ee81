import type { Clock } from '../../runtime/time/clock.ts'
import type { EngineContext } from '../inventory/engine-context.ts'
import type { Pool } from '../pool/pool.ts'
import { poolStatus } from '../pool/pool-status.ts'
import type { KeyId } from '../types.ts'
import type { KeyViews } from '../views.ts'
import { countKeys, isAnyActive } from './counts.ts'
import { glanceAt, snapshotKey, snapshotKeys } from './keys.ts'
import { snapshotLanes } from './lanes.ts'
import { snapshotProjects } from './projects.ts'

type Deps = {
  readonly context: EngineContext
  readonly clock: Clock
  readonly pool: Pool
  readonly waiting: { readonly size: number }
}

/** The views that read what the engine knows. */
export function createViews(deps: Deps): Omit<KeyViews, 'decisions' | 'explain'> {
  const { context, clock, pool, waiting } = deps
  const now = () => clock.now()
  const inPool = (id: KeyId) => pool.has(id)
  return {
    keys: (filter = {}) => snapshotKeys(context, filter, { now: now(), inPool }),
    key(id) {
      const key = context.inventory.keys.get(id)
      return key && snapshotKey(key, { now: now(), inPool })
    },
    glance(id) {
      const key = context.inventory.keys.get(id)
      return key && glanceAt(key, now())
    },
    lanes: (filter = {}) => snapshotLanes(context, filter, now()),
    projects: (page = {}) => snapshotProjects(context, page, now()),
    counts: () =>
      countKeys(context, () => ({ now: now(), waiting: waiting.size, pool: pool.size })),
    isReady: () => isAnyActive(context, now()),
    pool: () => poolStatus(pool, { policy: context.policy().pool, now: now() }),
  }
}
