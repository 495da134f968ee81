import { administration, type Administration } from './administration.ts'
import { breakerOpensAt, openAfterSilence, type Breaker } from './breaker.ts'
import { createConversations } from './conversations.ts'
import { createWorld } from './create-world.ts'
import { createDecisions, type Decision, type Decisions } from './decisions.ts'
import { createDirty } from './dirty.ts'
import { applyOutcome, prove } from './effects.ts'
import type { Hold } from './entities.ts'
import type { EmitKeyEvent } from './events.ts'
import { isTrying } from './gate.ts'
import type { KeyPolicy } from './key-policy.ts'
import { placeLane } from './lane-table.ts'
import { noLimits } from './limits.ts'
import type { Outcome } from './outcome.ts'
import type { Ask, Clock, Keys, Random, Refusal, Reservation } from './port.ts'
import { refusalFor } from './refusal.ts'
import { correctLedger, createReservations } from './reservations.ts'
import { createSelection, type Pick, type Selection } from './selection.ts'
import { createWaitQueue } from './wait-queue.ts'
import type { World } from './world.ts'

export type EngineDeps = {
  readonly clock: Clock
  readonly random: Random
  readonly policy: () => KeyPolicy
  readonly onEvent?: EmitKeyEvent
}

export type KeyEngine = Keys &
  Administration & {
    /** Says that a good answer has begun: what waits for the outcome of a trial need not wait for its end. */
    begin(reservation: Reservation): void
    readonly decisions: Decisions
    close(): void
  }

/** While a trial is out its outcome may come any moment; whoever waits for it looks again this soon. */
const trialLookMs = 1000

export function createKeyEngine(deps: EngineDeps): KeyEngine {
  const { clock, policy } = deps
  const dirty = createDirty()
  let stirred = false
  const world = createWorld({
    ...deps,
    dirty,
    emit: (event) => deps.onEvent?.(event),
    stirred: () => (stirred = true),
  })
  const conversations = createConversations(() => ({
    cap: policy().conversationCap,
    ttlMs: policy().conversationTtlMs,
  }))
  const decisions = createDecisions(policy().decisionCap)
  const reservations = createReservations(world)
  const selection = createSelection({
    fleet: world.fleet,
    lanes: world.lanes,
    conversations,
    preference: { members: () => [], restsUntil: () => Infinity, rest: () => {} },
  })
  const waiting = createWaitQueue({
    clock,
    length: () => policy().queueLength,
    reserve,
    hasHope: ({ tried }) => (tried?.size ?? 0) < world.fleet.keys.size,
  })

  function reserve(ask: Ask) {
    const now = clock.now()
    const answer = select(world, selection, { ask, now })
    if ('kind' in answer) {
      decisions.note({ kind: 'refused', at: now, lane: ask.lane, reason: answer.kind })
      return { ok: false, refusal: answer } as const
    }
    const reservation = reservations.take(answer, ask, now)
    const { lane, key, project, choice, trial } = reservation
    decisions.note({ kind: 'chosen', at: now, lane, key, project, choice, trial })
    if (ask.conversation !== undefined) {
      conversations.remember({ conversation: ask.conversation, key, now })
    }
    return { ok: true, reservation } as const
  }

  function finish(hold: Hold, outcome: Outcome | undefined): void {
    const now = clock.now()
    const { lane } = hold.entry
    if (outcome) settleHold(world, hold, { outcome, now })
    else lane.ledger.correct(hold.note, { requests: -1, tokens: -hold.note.tokens })
    if (hold.trials.length > 0) world.touch.project(hold.of.seat.project)
    else if (lane.ledger.limits !== noLimits || outcome?.verdict !== 'answered')
      placeLane(lane, now)
    const everybody = stirred
    stirred = false
    waiting.wake(everybody ? undefined : hold.lane)
  }

  return {
    reserve,
    wait: (ask, options) => waiting.wait(ask, options),
    settle(reservation, outcome) {
      const hold = reservations.end(reservation)
      if (!hold) return
      decisions.note(settled(hold, outcome, clock.now()))
      finish(hold, outcome)
    },
    release(reservation) {
      const hold = reservations.end(reservation)
      if (hold) finish(hold, undefined)
    },
    begin(reservation) {
      const hold = reservations.find(reservation)
      if (!hold || !hold.trial) return
      prove(sceneOf(hold, clock.now()), world)
      waiting.wake()
    },
    ...administration({ world, clock, changed: () => waiting.wake() }),
    decisions,
    close: () => waiting.close(),
  }
}

type Search = { readonly ask: Ask; readonly now: number }

function select(world: World, selection: Selection, { ask, now }: Search): Pick | Refusal {
  const { fleet, lanes, egress } = world
  if (breakerOpensAt(egress, now) > now)
    return { kind: 'egress-down', wakesAt: soonest(egress, now) }
  const table = lanes.tableFor(ask.lane, ask.model)
  const model = world.modelBreaker(table)
  openAfterSilence(model, now)
  if (breakerOpensAt(model, now) > now) return { kind: 'overloaded', wakesAt: soonest(model, now) }
  const pick = selection.pick({ table, ask, now })
  if (pick) return pick
  const refusal = refusalFor({ fleet, lanes }, { table, ask, now })
  if (refusal.kind !== 'exhausted' || table.standings.trial === 0) return refusal
  return { ...refusal, wakesAt: Math.min(refusal.wakesAt, now + trialLookMs) }
}

function soonest(breaker: Breaker, now: number): number {
  const opensAt = breakerOpensAt(breaker, now)
  const trying = breaker.gate !== undefined && isTrying(breaker.gate, now)
  return trying ? Math.min(opensAt, now + trialLookMs) : opensAt
}

function sceneOf(hold: Hold, now: number) {
  const { lane } = hold.entry
  return { hold, lane, key: hold.of, project: lane.project, now }
}

function settled({ lane, key, reservedAt }: Hold, { verdict }: Outcome, at: number): Decision {
  return { kind: 'settled', at, lane, key, verdict, tookMs: at - reservedAt }
}

function settleHold(world: World, hold: Hold, end: { outcome: Outcome; now: number }): void {
  correctLedger(hold, end.outcome)
  // A key that was taken away meanwhile has nothing left to be judged.
  if (world.fleet.keys.get(hold.key) !== hold.of) return
  applyOutcome({ ...sceneOf(hold, end.now), outcome: end.outcome }, world)
}
