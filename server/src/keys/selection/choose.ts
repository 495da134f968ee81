import { breakerOpensAt, openAfterSilence, type Breaker } from '../effects/breaker.ts'
import { egressOpensAt, egressWakesAt } from '../effects/egress.ts'
import { isTrialOut } from '../inventory/cooldown.ts'
import type { EngineContext } from '../inventory/engine-context.ts'
import { requeueLane } from '../lanes/queues.ts'
import type { KeyRequest, NoKeyReason } from '../types.ts'
import { noKeyReason } from './no-key-reason.ts'
import type { Pick, Selection } from './selection.ts'

type Search = { readonly wanted: KeyRequest; readonly now: number }

/** The outcome of a trial may come any moment: a request that waits for it is served again this soon. */
const trialWaitMs = 1000

/** A key, or why there is none. The caller reserves it. */
export function choose(
  context: EngineContext,
  selection: Selection,
  { wanted, now }: Search,
): Pick | NoKeyReason {
  const { inventory, tables, lanes, egress } = context
  if (egress.cooldown) {
    const policy = context.policy().breakers.egress
    const kind = egress.cause === 'location-refused' ? 'location-refused' : 'egress-down'
    if (egressOpensAt(egress, now, policy) > now) {
      return { kind, wakesAt: egressWakesAt(egress, now, policy) }
    }
  }
  const table = tables.tableFor(wanted.lane, wanted.model)
  const model = context.modelBreaker(table)
  openAfterSilence(model, now)
  if (breakerOpensAt(model, now) > now) {
    return { kind: 'overloaded', wakesAt: wakesAt(model, now) }
  }
  const pick = selection.pick({ table, wanted, now })
  if (pick) return pick
  const reason = noKeyReason({ inventory, lanes }, { table, wanted, now })
  if (reason.kind !== 'exhausted' || table.statusCounts.trial === 0) return reason
  return { ...reason, wakesAt: Math.min(reason.wakesAt, now + trialWaitMs) }
}

/** What a request would get. Reserves nothing. */
export function peek(
  context: EngineContext,
  selection: Selection,
  search: Search,
): Pick | NoKeyReason {
  const answer = choose(context, selection, search)
  if (!('kind' in answer)) requeueLane(answer.candidate.lane, search.now)
  return answer
}

function wakesAt(breaker: Breaker, now: number): number {
  const opensAt = breakerOpensAt(breaker, now)
  const onTrial = breaker.cooldown !== undefined && isTrialOut(breaker.cooldown, now)
  return onTrial ? Math.min(opensAt, now + trialWaitMs) : opensAt
}
