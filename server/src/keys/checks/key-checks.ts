import { drawCandidates } from './candidates.ts'
import { createConfirmation } from './confirmation.ts'
import type { Confirm } from '../effects/doubt.ts'
import { startSurvey, type ProjectSurvey } from '../survey/project-survey.ts'
import { createRecheck } from './recheck.ts'
import type { Pool } from '../pool/pool.ts'
import { createPoolMaintainer, type PoolMaintainer } from '../pool/pool-maintainer.ts'
import type { Clock, Random } from '../../runtime/time/clock.ts'
import { startEgressWatch, type EgressWatch } from './egress-watch.ts'
import { createProber, type Prober } from './prober.ts'
import type { Probe, ProjectFiles, EgressTrials } from '../types.ts'
import type { WaitQueue } from '../selection/wait-queue.ts'
import type { Reservations } from '../selection/reservations.ts'
import { repeat } from './schedule.ts'
import type { EngineContext } from '../inventory/engine-context.ts'

/** Background work that costs calls to Google. It runs once it is started. */
export type KeyChecks = {
  readonly maintainer: PoolMaintainer
  checkKeys(): Promise<void>
  probeKey: Prober
  readonly confirm: Confirm
  readonly survey: ProjectSurvey | undefined
  readonly egressWatch: EgressWatch | undefined
  close(): void
}

type Deps = {
  readonly context: EngineContext
  readonly clock: Clock
  readonly random: Random
  readonly reservations: Reservations
  readonly pool: Pool
  readonly probe: Probe
  /** Without it nothing is found out about projects. */
  readonly files: ProjectFiles | undefined
  /** Without it requests are the trials of an outage. */
  readonly trials: EgressTrials | undefined
  readonly waiting: Pick<WaitQueue, 'size' | 'wake'>
}

export function startChecks(deps: Deps): KeyChecks {
  const { context, clock, random, pool } = deps
  const { policy, inventory } = context
  const prober = createProber(deps)
  const maintainer = createPoolMaintainer({
    pool,
    policy: () => policy().pool,
    clock,
    random,
    prober,
    candidates: (count) =>
      drawCandidates(inventory, { count, random, isTaken: ({ id }) => !pool.wants(id) }),
  })
  const recheck = createRecheck({ inventory, clock, policy, prober })
  const { files, trials, waiting } = deps
  const survey = files && startSurvey({ ...deps, files })
  survey?.soon()
  const egressWatch =
    trials &&
    startEgressWatch({ ...deps, trials, waiting: () => waiting.size, wake: () => waiting.wake() })
  const cancelRecheck = repeat(deps, {
    everyMs: () => policy().checks.intervalMs,
    run: () => void recheck.run(),
  })
  const cancelMaintenance = repeat(deps, {
    everyMs: () => (policy().pool.enabled ? policy().pool.maintenanceIntervalMs : 0),
    run: () => void maintainer.maintain(),
  })
  return {
    maintainer,
    checkKeys: () => recheck.run(),
    probeKey: prober,
    survey,
    egressWatch,
    confirm: createConfirmation({ context, prober, probe: deps.probe }),
    close() {
      cancelRecheck()
      cancelMaintenance()
      recheck.close()
      maintainer.close()
      survey?.close()
      egressWatch?.close()
    },
  }
}
