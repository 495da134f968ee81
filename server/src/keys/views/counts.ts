import { yieldToEventLoop } from '../../runtime/slices/yield-to-event-loop.ts'
import { breakerOpensAt } from '../effects/breaker.ts'
import { egressOpensAt } from '../effects/egress.ts'
import { cooldownEndsAt } from '../inventory/cooldown.ts'
import type { EngineContext } from '../inventory/engine-context.ts'
import type { Key } from '../inventory/entities.ts'
import type { KeyCounts, KeyState } from '../views.ts'

export function keyStateOf(key: Key, now: number): KeyState {
  if (key.disabled) return 'disabled'
  if (key.deadMark) return 'dead'
  const { suspension } = key.group.project
  if (suspension && cooldownEndsAt(suspension, now) > now) return 'suspended'
  return key.cooldown && cooldownEndsAt(key.cooldown, now) > now ? 'failing' : 'active'
}

type Moment = { readonly now: number; readonly waiting: number; readonly pool: number }

const keysAtOnce = 1000

export async function countKeys(context: EngineContext, moment: () => Moment): Promise<KeyCounts> {
  const keys = { active: 0, failing: 0, suspended: 0, dead: 0, disabled: 0 }
  let seen = 0
  for (const key of context.inventory.keys.values()) {
    seen += 1
    if (seen % keysAtOnce === 0) await yieldToEventLoop()
    keys[keyStateOf(key, moment().now)] += 1
  }
  return { keys, ...countLanes(context, moment()) }
}

export function isAnyActive({ inventory }: EngineContext, now: number): boolean {
  for (const key of inventory.keys.values()) if (keyStateOf(key, now) === 'active') return true
  return false
}

function countLanes(
  context: EngineContext,
  { now, waiting, pool }: Moment,
): Omit<KeyCounts, 'keys'> {
  const tables = [...context.tables.all()]
  return {
    projects: context.inventory.projects.size,
    lanes: tables.map((table) => ({
      lane: table.name,
      inFlight: table.inFlight,
      statusCounts: { ...table.statusCounts },
      overloadedUntil: openUntil(breakerOpensAt(context.modelBreaker(table), now), now),
    })),
    inFlight: tables.reduce((sum, { inFlight }) => sum + inFlight, 0),
    waiting,
    pool,
    egressDownUntil: openUntil(
      egressOpensAt(context.egress, now, context.policy().breakers.egress),
      now,
    ),
  }
}

function openUntil(opensAt: number, now: number): number | undefined {
  return opensAt > now ? opensAt : undefined
}
