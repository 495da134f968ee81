import { laneStatuses } from '@gemini-balance/contract'
import type { Outcome } from '../../google/outcome.ts'
import { effects } from '../effects/effects.ts'
import { endTrial, startTrial, type Cooldown } from '../inventory/cooldown.ts'
import type { EngineContext } from '../inventory/engine-context.ts'
import type { ActiveReservation, LaneTable } from '../inventory/entities.ts'
import { countGroups } from '../inventory/key-group.ts'
import { endKeyCall, startKeyCall } from '../inventory/key.ts'
import { startBeyond } from '../lanes/beyond.ts'
import { endCooldown, endLaneCall, startLaneCall } from '../lanes/lane.ts'
import { advanceTurn, requeueLane } from '../lanes/queues.ts'
import type { KeyRequest, Reservation } from '../types.ts'
import type { Pick } from './selection.ts'

/** More calls under way cannot be: the oldest were never settled, and no longer count. */
const cap = 100_000

export type Reservations = {
  take(pick: Pick, wanted: KeyRequest, now: number): ActiveReservation
  /** Ends a reservation; undefined when it ended before. */
  end(reservation: Reservation): ActiveReservation | undefined
  /** When the oldest that is under way left; undefined when none is. */
  oldestAt(): number | undefined
  readonly size: number
}

export function createReservations(context: EngineContext): Reservations {
  const open = new Map<Reservation, ActiveReservation>()

  function end(reservation: Reservation): ActiveReservation | undefined {
    const active = open.get(reservation)
    if (!active) return undefined
    open.delete(reservation)
    endKeyCall(active.of)
    endLaneCall(active.candidate.lane)
    for (const cooldown of active.trials) endTrial(cooldown, active.reservedAt)
    return active
  }

  function endOldest(): void {
    for (const oldest of open.keys()) {
      if (open.size < cap) break
      end(oldest)
    }
  }

  return {
    take({ candidate, key, choice, beyond = false }, { request, estimatedInputTokens }, now) {
      endOldest()
      const { lane } = candidate
      const trials = claimTrials(context, { candidate, key, choice }, now)
      const groups = groupsIn(context)
      const reservation: ActiveReservation = {
        request,
        key: key.id,
        project: lane.project.id,
        lane: lane.table.name,
        secret: key.secret,
        reservedAt: now,
        estimatedInputTokens,
        trial: trials.length > 0,
        choice,
        ready: groups - notReady(lane.table),
        groups,
        of: key,
        candidate,
        recorded: lane.ledger.record(now, estimatedInputTokens),
        trials,
        beyond,
      }
      if (beyond) startBeyond(lane.table, now)
      startKeyCall(key, now)
      startLaneCall(lane)
      advanceTurn(candidate, key)
      requeueLane(lane, now)
      open.set(reservation, reservation)
      return reservation
    },
    end,
    oldestAt: () => open.keys().next().value?.reservedAt,
    get size() {
      return open.size
    },
  }
}

/** Groups that have not been used for a model yet are in no table of it, and count as ready. */
function groupsIn({ inventory }: EngineContext): number {
  let groups = 0
  for (const tier of inventory.tiers) groups += countGroups(tier)
  return groups
}

function notReady({ statusCounts }: LaneTable): number {
  let count = 0
  for (const status of closedStatuses) count += statusCounts[status]
  return count
}

const closedStatuses = laneStatuses.filter((status) => status !== 'ready')
const noTrials: readonly Cooldown[] = []

/** This one call is the trial of every half-open cooldown on its way. */
function claimTrials(
  context: EngineContext,
  { candidate, key }: Pick,
  now: number,
): readonly Cooldown[] {
  const { lane } = candidate
  endCooldown(lane, now)
  const model = context.modelBreaker(lane.table).cooldown
  const egress = context.egress.cooldown
  const { suspension } = lane.project
  if (!key.cooldown && !suspension && !lane.cooldown && !model && !egress) return noTrials
  const trials = [key.cooldown, suspension, lane.cooldown, model, egress].filter(
    (cooldown) => cooldown !== undefined,
  )
  for (const cooldown of trials) startTrial(cooldown, now)
  return trials
}

/** Corrects what the ledger of the lane counted, now that the outcome is known. */
export function correctLedger({ candidate, recorded }: ActiveReservation, outcome: Outcome): void {
  const { ledger } = candidate.lane
  if (!effects[outcome.verdict].counted) {
    ledger.correct(recorded, { requests: -1, tokens: -recorded.tokens })
  } else if (outcome.inputTokens !== undefined && outcome.inputTokens !== recorded.tokens) {
    ledger.correct(recorded, { requests: 0, tokens: outcome.inputTokens - recorded.tokens })
  }
}
