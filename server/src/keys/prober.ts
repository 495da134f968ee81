import type { Key } from './entities.ts'
import { applyOutcome } from './effects.ts'
import type { Outcome } from './outcome.ts'
import { resumeProject, reviveKey } from './penalties.ts'
import type { Pool } from './pool.ts'
import type { Clock, KeyId } from './port.ts'
import type { Reservations } from './reservations.ts'
import { verdicts } from './verdicts.ts'
import type { World } from './world.ts'

/** Asks Google about one certain key in the cheapest way there is: countTokens. */
export type Probe = (key: KeyId) => Promise<Outcome>

type Deps = {
  readonly world: World
  readonly clock: Clock
  readonly reservations: Reservations
  readonly pool: Pool
  readonly probe: Probe
}

/** Probes a key and draws the consequences. Tells whether it is good; never rejects. */
export type Prober = (id: KeyId) => Promise<boolean>

export function createProber({ world, clock, reservations, pool, probe }: Deps): Prober {
  return async (id) => {
    const key = world.fleet.keys.get(id)
    if (!key) return false
    // On the lane of calls that no model's quota counts: a probe's 429 must not shut a model.
    const entry = world.lanes.entryFor(world.lanes.tableFor('', ''), key.seat)
    const ask = { lane: '', model: '', estimatedInputTokens: 0 }
    const hold = reservations.take({ entry, key, choice: 'owner' }, ask, clock.now())
    const outcome = await probe(id).catch(() => undefined)
    reservations.end(hold)
    pool.counts.verifications += 1
    pool.counts.verificationMs += clock.now() - hold.reservedAt
    const good = outcome?.verdict === 'answered'
    if (good) pool.counts.verified += 1
    else pool.counts.verificationFailures += 1
    if (outcome && world.fleet.keys.get(id) === key) {
      draw(key, outcome, clock.now())
      if (good) pool.proven(id)
    }
    return good

    function draw(key: Key, outcome: Outcome, now: number): void {
      const { blame } = verdicts[outcome.verdict]
      if (outcome.verdict === 'answered') {
        reviveKey(world, key)
        resumeProject(world, key.seat.project)
      } else if (key.death) {
        // Dead and still dead: told so once, not judged again with the others that are.
        key.death.checkedAt = now
        world.touch.key(key)
      } else if (blame === 'key' || blame === 'project' || blame === 'egress') {
        const { lane } = entry
        applyOutcome({ hold, lane, key, project: lane.project, outcome, now }, world)
      }
    }
  }
}
