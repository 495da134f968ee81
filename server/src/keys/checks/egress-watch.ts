import type { Outcome } from '../../google/outcome.ts'
import type { Clock } from '../../runtime/time/clock.ts'
import { clearEgress, closeEgress, isWatchedOutage } from '../effects/egress.ts'
import { provesEgress } from '../effects/effects.ts'
import type { EngineContext } from '../inventory/engine-context.ts'
import type { Key } from '../inventory/entities.ts'
import { isUsable } from '../inventory/key.ts'
import type { Reservations } from '../selection/reservations.ts'
import type { EgressPolicy } from '../policy.ts'
import type { EgressTrials } from '../types.ts'

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
  readonly trials: EgressTrials
  /** Requests that wait now. */
  readonly waiting: () => number
  readonly wake: () => void
}

type Evidence = {
  triedAt: number
  provenAt: number
  /** In a row since the last answer: trials that failed, and those of them that heard nothing. */
  failed: number
  silent: number
  /** Whether calls failed as in an outage. */
  suspected: boolean
  /** How long calls may hear nothing before the network is in doubt. */
  patienceMs: number
}

type Watch = Deps & { readonly evidence: Evidence; readonly policy: () => EgressPolicy }

export function startEgressWatch(deps: Deps): EgressWatch {
  const { context, clock, reservations } = deps
  const { egress } = context
  const policy = () => context.policy().breakers.egress
  const evidence: Evidence = {
    triedAt: -Infinity,
    provenAt: -Infinity,
    failed: 0,
    silent: 0,
    suspected: egress.cooldown !== undefined,
    patienceMs: policy().watch.silenceMs,
  }
  const watch: Watch = { ...deps, evidence, policy }
  let cancel: (() => void) | undefined
  let refusedAt = -Infinity

  const nextTrialAt = () => Math.max(clock.now(), evidence.triedAt + policy().trialEveryMs)

  function plan(at: number): void {
    cancel?.()
    cancel = clock.at(at, look)
  }

  function look(): void {
    cancel = undefined
    const now = clock.now()
    if (isWatchedOutage(egress)) {
      startTrial(watch, now)
      plan(now + pauseAt(now))
    } else if (evidence.suspected) {
      startTrial(watch, now)
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
    if (egress.answeredAt > evidence.provenAt) evidence.patienceMs = policy().watch.silenceMs
    const silentSince = Math.max(oldest, egress.answeredAt, evidence.provenAt)
    const doubtAt = silentSince + evidence.patienceMs
    if (now < doubtAt) return plan(doubtAt)
    startTrial(watch, now)
    plan(now + policy().trialEveryMs)
  }

  egress.suspect = () => {
    if (!evidence.suspected) plan(nextTrialAt())
    evidence.suspected = true
  }
  if (evidence.suspected) plan(nextTrialAt())

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
      egress.suspect = undefined
      cancel?.()
    },
  }
}

function startTrial(watch: Watch, now: number): void {
  const { context, trials, evidence, policy } = watch
  const key = firstUsable(context.inventory.keys.values())
  // Without a key the reason is another one.
  if (!key) return proven(watch)
  evidence.triedAt = now
  const judge = (outcome: Outcome | undefined) => {
    const isOver = context.egress.suspect === undefined
    if (isOver || outcome === undefined) return
    if (provesEgress(outcome) || outcome.verdict === 'location-refused') proven(watch)
    else if (now >= Math.max(evidence.provenAt, context.egress.answeredAt)) {
      disproven(watch, outcome)
    }
  }
  trials.run(key.id, policy().watch.trialMs).then(judge, () => judge(undefined))
}

function proven({ context, clock, trials, wake, evidence, policy }: Watch): void {
  const { egress } = context
  evidence.provenAt = clock.now()
  evidence.patienceMs = Math.min(policy().watch.silenceCapMs, evidence.patienceMs * 2)
  const hasFailed = evidence.failed > 0
  evidence.suspected = false
  evidence.failed = 0
  evidence.silent = 0
  if (!isWatchedOutage(egress)) return
  if (hasFailed) trials.renew()
  clearEgress(egress)
  context.emit({ kind: 'egress-recovered' })
  wake()
}

function disproven({ context, clock, trials, evidence, policy }: Watch, outcome: Outcome): void {
  const { reason, message } = outcome
  const { egress } = context
  const { silentTrials } = policy().watch
  evidence.failed += 1
  evidence.silent = reason !== undefined && silences.has(reason) ? evidence.silent + 1 : 0
  if (!egress.cooldown && (evidence.suspected || evidence.failed >= silentTrials)) {
    const now = clock.now()
    const cooldown = closeEgress(egress, 'network-failed', { policy: policy(), now })
    const until = cooldown?.until ?? now
    context.emit({ kind: 'egress-down', verdict: 'network-failed', until, reason, message })
  }
  if (evidence.silent >= silentTrials) trials.giveUpSilentCalls()
}

/** Reasons of trials that heard nothing; other failures say at once that the network does not work. */
const silences: ReadonlySet<string> = new Set(['NO_ANSWER', 'UND_ERR_CONNECT_TIMEOUT', 'ETIMEDOUT'])

function firstUsable(keys: Iterable<Key>): Key | undefined {
  for (const key of keys) if (isUsable(key)) return key
  return undefined
}
