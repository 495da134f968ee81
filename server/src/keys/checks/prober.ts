import type { Outcome } from '../../google/outcome.ts'
import { verdicts } from '../../google/verdicts.ts'
import type { Clock } from '../../runtime/time/clock.ts'
import { applyOutcome } from '../effects/effects.ts'
import { resumeProject, reviveKey } from '../effects/penalties.ts'
import type { EngineContext } from '../inventory/engine-context.ts'
import type { ActiveReservation } from '../inventory/entities.ts'
import { recordRecheck } from '../inventory/key.ts'
import type { Pool } from '../pool/pool.ts'
import type { Reservations } from '../selection/reservations.ts'
import type { KeyId, Probe } from '../types.ts'

type Deps = {
  readonly context: EngineContext
  readonly clock: Clock
  readonly reservations: Reservations
  readonly pool: Pool
  readonly probe: Probe
}

/** Probes a key, by another call if one is given, and applies the outcome. Resolves to whether the key is good; never rejects. */
export type Prober = (id: KeyId, probe?: Probe) => Promise<boolean>

export function createProber(deps: Deps): Prober {
  const underway = new Map<KeyId, Promise<boolean>>()
  return (id, probe = deps.probe) => {
    const known = underway.get(id)
    if (known) return known
    const probing = probeOnce({ ...deps, probe }, id).finally(() => underway.delete(id))
    underway.set(id, probing)
    return probing
  }
}

async function probeOnce(deps: Deps, id: KeyId): Promise<boolean> {
  const { context, clock, reservations, pool } = deps
  const key = context.inventory.keys.get(id)
  if (!key) return false
  // On the lane of calls that no model's quota counts: a probe's 429 must not close a model.
  const candidate = context.lanes.candidateFor(context.tables.tableFor('', ''), key.group)
  const wanted = { lane: '', model: '', estimatedInputTokens: 0 }
  const reservation = reservations.take({ candidate, key, choice: 'probe' }, wanted, clock.now())
  const outcome = await deps.probe(id).catch(() => undefined)
  const now = clock.now()
  reservations.end(reservation)
  const good = outcome?.verdict === 'answered'
  pool.counts.verifications += 1
  pool.counts.verificationMs += now - reservation.reservedAt
  if (good) pool.counts.verified += 1
  else pool.counts.verificationFailures += 1
  if (!outcome || context.inventory.keys.get(id) !== key) return false
  applyProbe(context, { reservation, outcome, now })
  if (good) pool.proven(id)
  return good
}

type Probed = {
  readonly reservation: ActiveReservation
  readonly outcome: Outcome
  readonly now: number
}

function applyProbe(context: EngineContext, { reservation, outcome, now }: Probed): void {
  const key = reservation.of
  const { lane } = reservation.candidate
  const { blame } = verdicts[outcome.verdict]
  if (outcome.verdict === 'answered') {
    reviveKey(context, key)
    resumeProject(context, key.group.project)
  } else if (key.deadMark) {
    // Still dead: reported once, and not counted among correlated failures again.
    recordRecheck(key, now)
    context.changed.key(key)
  } else if (blame === 'key' || blame === 'project' || blame === 'egress') {
    applyOutcome({ reservation, lane, key, project: lane.project, outcome, now }, context)
  }
}
