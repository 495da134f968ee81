import { createKeyEngine, type KeyEngine } from '../engine.ts'
import type { KeyConfig } from '../inventory/entities.ts'
import type { KeyEvent } from '../events.ts'
import { defaultKeyPolicy, type KeyPolicy } from '../policy.ts'
import type { Outcome, QuotaViolation } from '../../google/outcome.ts'
import type { KeyRequest, NoKeyReason, Reservation } from '../types.ts'
import { Secret } from '../../log/secret.ts'
import type { VerdictName } from '../../google/verdicts.ts'
import { manualClock, type ManualClock } from '../../runtime/testing/manual-clock.ts'

export const minute = 60_000
export const hour = 60 * minute
export const day = 24 * hour

export const flash = 'gemini-3.8-flash'

/** An engine on a bench: a clock to turn, chance that never strikes, and short words for what a request does. */
export type Bench = {
  readonly engine: KeyEngine
  readonly clock: ManualClock
  readonly events: KeyEvent[]
  policy(): KeyPolicy
  setPolicy(change: Partial<KeyPolicy>): void
  wanted(wanted?: Partial<KeyRequest>): Reservation
  refused(wanted?: Partial<KeyRequest>): NoKeyReason
  /** Reserves and settles. */
  meet(
    verdict: VerdictName,
    more?: Partial<Outcome> & { readonly wanted?: Partial<KeyRequest> },
  ): Reservation
}

type Options = {
  readonly keys?: number | readonly Partial<KeyConfig>[]
  readonly policy?: Partial<KeyPolicy>
  readonly startAt?: number
}

const withoutPool = { ...defaultKeyPolicy.pool, enabled: false }

export function createBench({ keys = 2, policy = {}, startAt }: Options = {}): Bench {
  const clock = manualClock(startAt)
  const events: KeyEvent[] = []
  const current = { policy: { ...defaultKeyPolicy, pool: withoutPool, ...policy } }
  const engine = createKeyEngine({
    clock,
    random: () => 0,
    policy: () => current.policy,
    onEvent: (event) => events.push(event),
  })
  engine.control.setKeys(entries(keys))
  return {
    clock,
    events,
    engine,
    policy: () => current.policy,
    setPolicy(change) {
      current.policy = { ...current.policy, ...change }
    },
    wanted(wanted: Partial<KeyRequest> = {}): Reservation {
      const result = engine.keys.reserve(anAsk(wanted))
      if (!result.ok) throw new Error(`refused: ${JSON.stringify(result.refusal)}`)
      return result.reservation
    },
    refused(wanted: Partial<KeyRequest> = {}): NoKeyReason {
      const result = engine.keys.reserve(anAsk(wanted))
      if (result.ok) throw new Error(`key ${result.reservation.key} was given`)
      return result.refusal
    },
    meet(
      verdict: VerdictName,
      { wanted, ...more }: Partial<Outcome> & { readonly wanted?: Partial<KeyRequest> } = {},
    ): Reservation {
      const reservation = this.wanted(wanted)
      engine.keys.settle(reservation, { verdict, status: statusOf(verdict), ...more })
      return reservation
    },
  }
}

function entries(keys: number | readonly Partial<KeyConfig>[]): KeyConfig[] {
  const given = typeof keys === 'number' ? Array.from({ length: keys }, () => ({})) : keys
  return given.map((entry, index) => ({ ...aKey(index + 1), ...entry }))
}

export function aKey(id: number): KeyConfig {
  return { id, secret: new Secret(`not-a-real-key-${id}`) }
}

export function anAsk(wanted: Partial<KeyRequest> = {}): KeyRequest {
  return { lane: flash, model: wanted.lane ?? flash, estimatedInputTokens: 10, ...wanted }
}

function statusOf(verdict: VerdictName): number {
  if (verdict === 'network-failed' || verdict === 'timed-out' || verdict === 'client-left') return 0
  if (verdict.startsWith('quota')) return 429
  if (verdict === 'model-overloaded') return 503
  return verdict.startsWith('answer') ? 200 : 400
}

export const perDay = (limit?: number): QuotaViolation => ({
  quotaId: 'GenerateRequestsPerDayPerProjectPerModel-FreeTier',
  unit: 'requests',
  window: 'day',
  limit,
  tier: 'free',
})

export const perMinute = (limit?: number): QuotaViolation => ({
  quotaId: 'GenerateRequestsPerMinutePerProjectPerModel-FreeTier',
  unit: 'requests',
  window: 'minute',
  limit,
  tier: 'free',
})

export const tokensPerMinute = (limit?: number): QuotaViolation => ({
  quotaId: 'GenerateContentInputTokensPerModelPerMinute-FreeTier',
  unit: 'input-tokens',
  window: 'minute',
  limit,
  tier: 'free',
})
