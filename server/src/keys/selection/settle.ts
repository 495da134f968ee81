import type { Outcome } from '../../google/outcome.ts'
import type { VerdictName } from '../../google/verdicts.ts'
import { blamesKey } from '../effects/doubt.ts'
import { applyOutcome, noteEgress } from '../effects/effects.ts'
import type { EngineContext } from '../inventory/engine-context.ts'
import type { ActiveReservation, Key } from '../inventory/entities.ts'
import { noLimits } from '../lanes/limits.ts'
import { requeueLane } from '../lanes/queues.ts'
import type { Pool } from '../pool/pool.ts'
import { correctLedger } from './reservations.ts'

type Deps = {
  readonly context: EngineContext
  readonly pool: Pool
  readonly now: number
}

/** Applies an outcome to whatever it tells about; without one no call was made. */
export function settle(
  { context, pool, now }: Deps,
  reservation: ActiveReservation,
  outcome: Outcome | undefined,
): void {
  const { of: key, recorded, candidate } = reservation
  const { lane } = candidate
  if (!outcome) lane.ledger.correct(recorded, { requests: -1, tokens: -recorded.tokens })
  else {
    correctLedger(reservation, outcome)
    // A key that was removed meanwhile has no state to change.
    if (!key.gone) {
      const settlement = { reservation, lane, key, project: lane.project, now, outcome }
      if (blamesKey(outcome.verdict) && !context.confirm(settlement)) {
        noteEgress(settlement, context)
      } else applyOutcome(settlement, context)
      updatePool(pool, key, outcome)
    }
  }
  if (reservation.trials.length > 0) context.changed.project(key.group.project)
  else if (lane.ledger.limits !== noLimits || outcome?.verdict !== 'answered') {
    requeueLane(lane, now)
  }
}

const refusedForModel: readonly VerdictName[] = [
  'quota-spent',
  'quota-zero',
  'quota-unknown',
  'model-closed',
]

/** An answer is proof, and so is a refusal for one model. A failure of Google's takes a key out of the pool for the moment, and no more. */
function updatePool(pool: Pool, key: Key, { verdict }: Outcome): void {
  if (verdict === 'answered') pool.proven(key.id)
  else if (verdict === 'upstream-failed' || verdict === 'timed-out') pool.remove(key.id)
  else if (refusedForModel.includes(verdict) && !key.cooldown) pool.proven(key.id)
}
