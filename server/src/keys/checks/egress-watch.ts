import type { Outcome } from '../../google/outcome.ts'
import type { Clock } from '../../runtime/time/clock.ts'
import { clearEgress, closeEgress, isWatchedOutage } from '../effects/egress.ts'
import { provesEgress } from '../effects/effects.ts'
import type { EngineContext } from '../inventory/engine-context.ts'
import type { Key } from '../inventory/entities.ts'
import { isUsable } from '../inventory/key.ts'
import type { Reservations } from '../selection/reservations.ts'
import type { WayToGoogle } from '../types.ts'

/** Finds out once a second, for all requests together, whether the network is back, and when calls that are out hear nothing more. */
export type EgressWatch = {
  /** A call left. */
  called(): void
  /** A request was refused because it is closed. */
  refused(): void
  close(): void
}

type Deps = {
  readonly context: EngineContext
  readonly clock: Clock
  readonly reservations: Pick<Reservations, 'oldestAt'>
  readonly way: WayToGoogle
  /** Requests that wait now. */
  readonly waiting: () => number
  readonly wake: () => void
}

export function startEgressWatch(deps: Deps): EgressWatch {
  const { context, clock, reservations, way } = deps
  const { egress } = context
  const policy = () => context.policy().breakers.egress
  let cancel: (() => void) | undefined
  let isClosed = false
  let triedAt = -Infinity
  let provenAt = -Infinity
  let refusedAt = -Infinity
  /** In a row since the last answer: trials that failed, and those of them that heard nothing. */
  let failed = 0
  let silent = 0
  let patienceMs = policy().watch.silenceMs
  /** Whether calls failed as in an outage. */
  let suspected = egress.cooldown !== undefined

  const nextTrialAt = () => Math.max(clock.now(), triedAt + policy().trialEveryMs)

  egress.suspect = () => {
    if (!suspected) plan(nextTrialAt())
    suspected = true
  }
  if (suspected) plan(nextTrialAt())

  function plan(at: number): void {
    cancel?.()
    cancel = clock.at(at, look)
  }

  function look(): void {
    cancel = undefined
    const now = clock.now()
    if (isWatchedOutage(egress)) {
      startTrial(now)
      plan(now + pauseAt(now))
    } else if (suspected) {
      startTrial(now)
      plan(nextTrialAt())
    } else if (!egress.cooldown) lookForSilence(now)
  }

  function pauseAt(now: number): number {
    const { trialEveryMs, watch } = policy()
    const isWanted = deps.waiting() > 0 || now - refusedAt < watch.idleAfterMs
    return isWanted ? trialEveryMs : watch.idleEveryMs
  }

  /** Calls that are out may wait for a slow model, or hang in a network that lost them. */
  function lookForSilence(now: number): void {
    const oldest = reservations.oldestAt()
    if (oldest === undefined) return
    const { silenceMs, silenceCapMs } = policy().watch
    if (egress.answeredAt > provenAt) patienceMs = silenceMs
    const silentSince = Math.max(oldest, egress.answeredAt, provenAt)
    if (now < silentSince + patienceMs) return plan(silentSince + patienceMs)
    patienceMs = Math.min(silenceCapMs, patienceMs * 2)
    startTrial(now)
    plan(now + policy().trialEveryMs)
  }

  function startTrial(now: number): void {
    const key = firstUsable(context.inventory.keys.values())
    // Without a key the reason is another one.
    if (!key) return proven()
    triedAt = now
    const judge = (outcome: Outcome | undefined) => {
      if (isClosed || outcome === undefined) return
      if (provesEgress(outcome) || outcome.verdict === 'location-refused') proven()
      else if (now >= Math.max(provenAt, egress.answeredAt)) disproven(outcome)
    }
    way.try(key.id, policy().watch.trialMs).then(judge, () => judge(undefined))
  }

  function proven(): void {
    provenAt = clock.now()
    if (isWatchedOutage(egress)) {
      if (failed > 0) way.renew()
      clearEgress(egress)
      context.emit({ kind: 'egress-recovered' })
      deps.wake()
    }
    suspected = false
    failed = 0
    silent = 0
  }

  function disproven({ reason }: Outcome): void {
    const { silentTrials } = policy().watch
    failed += 1
    silent = reason !== undefined && silences.has(reason) ? silent + 1 : 0
    if (!egress.cooldown && (suspected || failed >= silentTrials)) {
      const now = clock.now()
      const cooldown = closeEgress(egress, 'network-failed', { policy: policy(), now })
      const until = cooldown?.until ?? now
      context.emit({ kind: 'egress-down', verdict: 'network-failed', until })
    }
    if (silent >= silentTrials) way.giveUpSilentCalls()
  }

  return {
    called() {
      if (cancel === undefined) plan(clock.now() + policy().watch.silenceMs)
    },
    refused() {
      const isIdle = clock.now() - refusedAt >= policy().watch.idleAfterMs
      refusedAt = clock.now()
      if (isIdle && isWatchedOutage(egress)) plan(nextTrialAt())
    },
    close() {
      isClosed = true
      egress.suspect = undefined
      cancel?.()
    },
  }
}

/** Reasons of trials that heard nothing; other failures say at once that the network does not work. */
const silences: ReadonlySet<string> = new Set(['NO_ANSWER', 'UND_ERR_CONNECT_TIMEOUT', 'ETIMEDOUT'])

function firstUsable(keys: Iterable<Key>): Key | undefined {
  for (const key of keys) if (isUsable(key)) return key
  return undefined
}
