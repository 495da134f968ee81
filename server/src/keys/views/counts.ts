import { yieldToEventLoop } from '../../runtime/yield-to-event-loop.ts'
import { breakerOpensAt } from '../effects/breaker.ts'
import type { Key } from '../inventory/entities.ts'
import { gateOpensAt } from '../inventory/cooldown.ts'
import type { EngineContext } from '../inventory/engine-context.ts'
import type { LaneStatus } from '../lane-status.ts'

export const keyStates = ['active', 'failing', 'suspended', 'dead', 'disabled'] as const
export type KeyState = (typeof keyStates)[number]

/** In one word, what a person wants to know of a key first. */
export function keyStateOf(key: Key, now: number): KeyState {
  if (key.disabled) return 'disabled'
  if (key.death) return 'dead'
  const { suspension } = key.seat.project
  if (suspension && gateOpensAt(suspension.gate, now) > now) return 'suspended'
  return key.rest && gateOpensAt(key.rest.gate, now) > now ? 'failing' : 'active'
}

export type LaneCounts = {
  readonly lane: string
  readonly inFlight: number
  readonly laneStatuses: Readonly<Record<LaneStatus, number>>
  readonly overloadedUntil: number | undefined
}

export type Counts = {
  readonly keys: Readonly<Record<KeyState, number>>
  readonly projects: number
  /** Lanes that have been used; the others are as good as ready. */
  readonly lanes: readonly LaneCounts[]
  readonly inFlight: number
  readonly waiting: number
  readonly pool: number
  readonly egressDownUntil: number | undefined
}

type Moment = { readonly now: number; readonly waiting: number; readonly pool: number }

/** Walks all keys at once: for few keys. */
export function countAll(world: EngineContext, moment: Moment): Counts {
  const keys = { active: 0, failing: 0, suspended: 0, dead: 0, disabled: 0 }
  for (const key of world.fleet.keys.values()) keys[keyStateOf(key, moment.now)] += 1
  return counted(world, moment, keys)
}

const keysAtOnce = 1000

/** The same, so few keys at a time that no request waits for it. */
export async function countInSteps(world: EngineContext, moment: () => Moment): Promise<Counts> {
  const keys = { active: 0, failing: 0, suspended: 0, dead: 0, disabled: 0 }
  let seen = 0
  for (const key of world.fleet.keys.values()) {
    seen += 1
    if (seen % keysAtOnce === 0) await yieldToEventLoop()
    keys[keyStateOf(key, moment().now)] += 1
  }
  return counted(world, moment(), keys)
}

export function isAnyActive({ fleet }: EngineContext, now: number): boolean {
  for (const key of fleet.keys.values()) if (keyStateOf(key, now) === 'active') return true
  return false
}

function counted(
  world: EngineContext,
  { now, waiting, pool }: Moment,
  keys: Counts['keys'],
): Counts {
  const tables = [...world.lanes.tables.values()]
  return {
    keys,
    projects: world.fleet.projects.size,
    lanes: tables.map((table) => ({
      lane: table.name,
      inFlight: table.inFlight,
      laneStatuses: { ...table.laneStatuses },
      overloadedUntil: openUntil(breakerOpensAt(world.modelBreaker(table), now), now),
    })),
    inFlight: tables.reduce((sum, { inFlight }) => sum + inFlight, 0),
    waiting,
    pool,
    egressDownUntil: openUntil(breakerOpensAt(world.egress, now), now),
  }
}

function openUntil(opensAt: number, now: number): number | undefined {
  return opensAt > now ? opensAt : undefined
}
