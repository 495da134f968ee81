import { drawCandidates } from './candidates.ts'
import { createCheckup } from './recheck.ts'
import type { Pool } from '../pool/pool.ts'
import { createPoolKeeper, type PoolMaintainer } from '../pool/pool-maintainer.ts'
import type { Clock, Random } from '../../runtime/clock.ts'
import { createProber, type Probe, type Prober } from './prober.ts'
import type { Reservations } from '../selection/reservations.ts'
import { every } from './schedule.ts'
import type { EngineContext } from '../inventory/engine-context.ts'

/** Work in the background that costs calls to Google. Nothing of it runs until it is started. */
export type KeyChecks = {
  readonly keeper: PoolMaintainer
  checkKeys(): Promise<void>
  probeKey: Prober
  close(): void
}

type Deps = {
  readonly world: EngineContext
  readonly clock: Clock
  readonly random: Random
  readonly reservations: Reservations
  readonly pool: Pool
  readonly probe: Probe
}

export function startChecks(deps: Deps): KeyChecks {
  const { world, clock, random, pool } = deps
  const { policy, fleet } = world
  const prober = createProber(deps)
  const keeper = createPoolKeeper({
    pool,
    policy: () => policy().pool,
    clock,
    random,
    prober,
    candidates: (count) =>
      drawCandidates(fleet, { count, random, isTaken: ({ id }) => !pool.wants(id) }),
  })
  const checkup = createCheckup({ fleet, clock, policy, prober })
  const cancelCheckup = every(deps, {
    everyMs: () => policy().checkIntervalMs,
    run: () => void checkup.run(),
  })
  const cancelMaintenance = every(deps, {
    everyMs: () => (policy().pool.enabled ? policy().pool.maintenanceIntervalMs : 0),
    run: () => void keeper.maintain(),
  })
  return {
    keeper,
    checkKeys: () => checkup.run(),
    probeKey: prober,
    close() {
      cancelCheckup()
      cancelMaintenance()
      checkup.close()
      keeper.close()
    },
  }
}
