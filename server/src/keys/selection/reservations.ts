import type { ActiveReservation, LaneTable } from '../inventory/entities.ts'
import { effects } from '../effects/effects.ts'
import type { Cooldown } from '../inventory/cooldown.ts'
import { passTurn, placeLane } from '../lanes/lane-table.ts'
import type { Outcome } from '../../google/outcome.ts'
import type { KeyRequest, Reservation } from '../types.ts'
import type { Pick } from './selection.ts'
import { laneStatuses } from '../lane-status.ts'
import type { EngineContext } from '../inventory/engine-context.ts'

/** More calls out than this cannot be true; the oldest were never settled, and no longer count. */
const holdCap = 100_000

export type Reservations = {
  take(pick: Pick, wanted: KeyRequest, now: number): ActiveReservation
  /** Ends a reservation; undefined when it ended before. */
  end(reservation: Reservation): ActiveReservation | undefined
  readonly size: number
}

export function createReservations(world: EngineContext): Reservations {
  const holds = new Map<Reservation, ActiveReservation>()

  function end(reservation: Reservation): ActiveReservation | undefined {
    const hold = holds.get(reservation)
    if (!hold) return undefined
    holds.delete(reservation)
    const { lane } = hold.entry
    hold.of.inFlight -= 1
    lane.inFlight -= 1
    lane.table.inFlight -= 1
    for (const gate of hold.trials) {
      if (gate.trialSince === hold.reservedAt) gate.trialSince = undefined
    }
    return hold
  }

  function endOldest(): void {
    for (const oldest of holds.keys()) {
      if (holds.size < holdCap) break
      end(oldest)
    }
  }

  return {
    take({ entry, key, choice }, { request, estimatedInputTokens }, now) {
      endOldest()
      const { lane } = entry
      const trials = claimTrials(world, { entry, key, choice }, now)
      const groups = groupsIn(world)
      const hold: ActiveReservation = {
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
        entry,
        note: lane.ledger.note(now, estimatedInputTokens),
        trials,
      }
      key.inFlight += 1
      key.lastUsedAt = now
      lane.inFlight += 1
      lane.table.inFlight += 1
      passTurn(entry, key)
      placeLane(lane, now)
      holds.set(hold, hold)
      return hold
    },
    end,
    get size() {
      return holds.size
    },
  }
}

/** Those that have not been used for a model yet are in no table of it, and as good as ready. */
function groupsIn({ fleet }: EngineContext): number {
  let groups = 0
  for (const line of fleet.lines) groups += line.seats.length - line.gone
  return groups
}

function notReady({ laneStatuses }: LaneTable): number {
  let count = 0
  for (const standing of shutStandings) count += laneStatuses[standing]
  return count
}

const shutStandings = laneStatuses.filter((standing) => standing !== 'ready')
const noTrials: readonly Cooldown[] = []

/** Every half-open gate on the way is tried by this one call. */
function claimTrials(world: EngineContext, { entry, key }: Pick, now: number): readonly Cooldown[] {
  const { lane } = entry
  const { block } = lane
  // A block whose end needs no trial is over by itself.
  if (block && !block.gate.needsTrial && block.gate.until <= now) lane.block = undefined
  const model = world.modelBreaker(lane.table)
  const { suspension } = lane.project
  if (!key.rest && !suspension && !lane.block && !model.gate && !world.egress.gate) return noTrials
  const gates = [
    key.rest?.gate,
    suspension?.gate,
    lane.block?.gate,
    model.gate,
    world.egress.gate,
  ].filter((gate) => gate !== undefined)
  for (const gate of gates) gate.trialSince = now
  return gates
}

/** What the ledger of a lane must take back or put right once the outcome is known. */
export function correctLedger({ entry, note }: ActiveReservation, outcome: Outcome): void {
  const { ledger } = entry.lane
  if (!effects[outcome.verdict].counted) {
    ledger.correct(note, { requests: -1, tokens: -note.tokens })
  } else if (outcome.inputTokens !== undefined && outcome.inputTokens !== note.tokens) {
    ledger.correct(note, { requests: 0, tokens: outcome.inputTokens - note.tokens })
  }
}
