import { createKeyEngine, type KeyEngine } from '../engine.ts'
import type { KeyEvent } from '../events.ts'
import { defaultKeyPolicy, type KeyPolicy } from '../policy.ts'
import type { Outcome, QuotaViolation } from '../../google/outcome.ts'
import type { StateRow } from '../state-rows.ts'
import type { KeyConfig, KeyRequest, NoKeyReason, Reservation } from '../types.ts'
import { Secret } from '../../log/secret.ts'
import type { VerdictName } from '../../google/verdicts.ts'
import { manualClock, type ManualClock } from '../../runtime/testing/manual-clock.ts'

export const minute = 60_000
export const hour = 60 * minute
export const day = 24 * hour

export const flash = 'gemini-3.8-flash'

/** An engine with a clock that tests turn, without chance, and with short names for what a request does. */
export type TestEngine = KeyEngine & {
  readonly clock: ManualClock
  readonly events: KeyEvent[]
  policy(): KeyPolicy
  setPolicy(change: PolicyChange): void
  reserve(wanted?: Partial<KeyRequest>): Reservation
  refused(wanted?: Partial<KeyRequest>): NoKeyReason
  /** Reserves and settles. */
  meet(
    verdict: VerdictName,
    more?: Partial<Outcome> & { readonly wanted?: Partial<KeyRequest> },
  ): Reservation
}

export type PolicyChange = { readonly [group in keyof KeyPolicy]?: Partial<KeyPolicy[group]> }

type Options = {
  readonly keys?: number | readonly Partial<KeyConfig>[]
  readonly policy?: PolicyChange
  readonly startAt?: number
}

const withoutPool = changed(defaultKeyPolicy, { pool: { enabled: false } })

export function createTestEngine({ keys = 2, policy = {}, startAt }: Options = {}): TestEngine {
  const clock = manualClock(startAt)
  const events: KeyEvent[] = []
  let current = changed(withoutPool, policy)
  const engine = createKeyEngine({
    clock,
    random: () => 0,
    policy: () => current,
    onEvent: (event) => events.push(event),
  })
  engine.control.setKeys(configs(keys))
  function reserve(wanted: Partial<KeyRequest> = {}): Reservation {
    const result = engine.keys.reserve(aRequest(wanted))
    if (!result.ok) throw new Error(`refused: ${JSON.stringify(result.reason)}`)
    return result.reservation
  }
  return {
    ...engine,
    clock,
    events,
    policy: () => current,
    setPolicy(change) {
      current = changed(current, change)
    },
    reserve,
    refused(wanted = {}) {
      const result = engine.keys.reserve(aRequest(wanted))
      if (result.ok) throw new Error(`key ${result.reservation.key} was given`)
      return result.reason
    },
    meet(verdict, { wanted, ...more } = {}) {
      const reservation = reserve(wanted)
      engine.keys.settle(reservation, { verdict, status: statusOf(verdict), ...more })
      return reservation
    },
  }
}

/** What the engine would write now. */
export function rowsOf({ state }: KeyEngine): StateRow[] {
  return state.takeChanges().flatMap(({ row }) => row ?? [])
}

function changed(policy: KeyPolicy, change: PolicyChange): KeyPolicy {
  return {
    failures: { ...policy.failures, ...change.failures },
    quota: { ...policy.quota, ...change.quota },
    suspension: { ...policy.suspension, ...change.suspension },
    breakers: { ...policy.breakers, ...change.breakers },
    pool: { ...policy.pool, ...change.pool },
    checks: { ...policy.checks, ...change.checks },
    survey: { ...policy.survey, ...change.survey },
    affinity: { ...policy.affinity, ...change.affinity },
    capacity: { ...policy.capacity, ...change.capacity },
  }
}

function configs(keys: number | readonly Partial<KeyConfig>[]): KeyConfig[] {
  const given = typeof keys === 'number' ? Array.from({ length: keys }, () => ({})) : keys
  return given.map((config, index) => ({ ...aKey(index + 1), ...config }))
}

export function aKey(id: number): KeyConfig {
  return { id, secret: new Secret(`not-a-real-key-${id}`) }
}

export function aRequest(wanted: Partial<KeyRequest> = {}): KeyRequest {
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
