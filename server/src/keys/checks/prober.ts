import type { ActiveReservation } from '../inventory/entities.ts'
import { applyOutcome } from '../effects/effects.ts'
import type { Outcome } from '../../google/outcome.ts'
import { resumeProject, reviveKey } from '../effects/penalties.ts'
import type { Pool } from '../pool/pool.ts'
import type { KeyId } from '../types.ts'
import type { Clock } from '../../runtime/clock.ts'
import type { Reservations } from '../selection/reservations.ts'
import { verdicts } from '../../google/verdicts.ts'
import type { EngineContext } from '../inventory/engine-context.ts'

/** Asks Google about a key in the cheapest way there is: countTokens. Undefined when the key is gone. */
export type Probe = (key: KeyId) => Promise<Outcome | undefined>

type Deps = {
  readonly world: EngineContext
  readonly clock: Clock
  readonly reservations: Reservations
  readonly pool: Pool
  readonly probe: Probe
}

/** Probes a key, in another way than the usual if one is given, and draws the consequences. Tells whether it is good; never rejects. */
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
  const { world, clock, reservations, pool } = deps
  const key = world.fleet.keys.get(id)
  if (!key) return false
  // On the lane of calls that no model's quota counts: a probe's 429 must not shut a model.
  const entry = world.lanes.entryFor(world.lanes.tableFor('', ''), key.seat)
  const wanted = { lane: '', model: '', estimatedInputTokens: 0 }
  const hold = reservations.take({ entry, key, choice: 'owner' }, wanted, clock.now())
  const outcome = await deps.probe(id).catch(() => undefined)
  const now = clock.now()
  reservations.end(hold)
  const good = outcome?.verdict === 'answered'
  pool.counts.verifications += 1
  pool.counts.verificationMs += now - hold.reservedAt
  if (good) pool.counts.verified += 1
  else pool.counts.verificationFailures += 1
  if (!outcome || world.fleet.keys.get(id) !== key) return false
  drawConsequences(world, { hold, outcome, now })
  if (good) pool.proven(id)
  return good
}

type Finding = { readonly hold: ActiveReservation; readonly outcome: Outcome; readonly now: number }

function drawConsequences(world: EngineContext, { hold, outcome, now }: Finding): void {
  const key = hold.of
  const { lane } = hold.entry
  const { blame } = verdicts[outcome.verdict]
  if (outcome.verdict === 'answered') {
    reviveKey(world, key)
    resumeProject(world, key.seat.project)
  } else if (key.death) {
    // Dead and still dead: told so once, not judged again with the others that are.
    key.death.checkedAt = now
    world.touch.key(key)
  } else if (blame === 'key' || blame === 'project' || blame === 'egress') {
    applyOutcome({ hold, lane, key, project: lane.project, outcome, now }, world)
  }
}
