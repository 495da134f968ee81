import { attempt, type AttemptDeps } from '../gateway/attempt.ts'
import { explainFailure } from '../google/errors/network-failure.ts'
import type { Exits } from '../gateway/egress/proxies.ts'
import type { AttemptReport, ForwardDeps } from '../gateway/forward.ts'
import { inspectorFor } from '../gateway/hold-back/inspectors.ts'
import { callGoogle } from '../gateway/own-call.ts'
import { probeKey } from '../gateway/probe.ts'
import { readUpstreamAddress } from '../google/platforms/upstream-address.ts'
import type { Outcome } from '../google/outcome.ts'
import type { KeyId, Keys } from '../keys/types.ts'
import { Secret } from '../log/secret.ts'
import type { Traffic } from '../telemetry/metrics/request-metrics.ts'
import { createCatalogue, type Catalogue } from '../google/models/catalogue.ts'
import { fetchModels } from '../google/models/fetch-models.ts'
import type { TokenRegistry } from '../auth/clients/token-registry.ts'
import { createAttemptLog, type AttemptLogStats } from '../telemetry/request-log/attempt-log.ts'
import { costOf } from '../telemetry/usage/cost.ts'
import { describeAttempt } from '../telemetry/request-log/describe-attempt.ts'
import type { PriceBook } from '../telemetry/usage/price-book.ts'
import type { ComposedKeys, KeysDeps } from './compose-keys.ts'
import { composeEgress } from './compose-egress.ts'
import { realClock } from '../runtime/real-clock.ts'

export type GatewayDeps = KeysDeps &
  Pick<ComposedKeys, 'engine' | 'book'> & {
    readonly callers: TokenRegistry
    readonly prices: Pick<PriceBook, 'current'>
    readonly traffic: Traffic
    /** Told of every attempt. Must not wait. */
    readonly onAttempt: (report: AttemptReport) => void
  }

export type ComposedGateway = {
  readonly forward: ForwardDeps
  readonly catalogue: Catalogue
  /** The version of Google's API that calls of the gateway's own go to. */
  readonly version: () => string
  /** Asks Google about a key, and lets what it says count. Undefined when it was being asked about already. */
  verify(key: KeyId, model: string | undefined): Promise<Outcome | undefined>
  /** Asks Google about a key that need not be ours, and lets what it says count for nothing. */
  tryKey(value: string): Promise<Outcome>
  maintainPool(): Promise<void>
  readonly exits: Pick<Exits, 'states'>
  readonly requestLogStats: () => AttemptLogStats
  close(): Promise<void>
}

/** The way of a request to Google and back, with the request log at its end. */
export function composeGateway(deps: GatewayDeps): ComposedGateway {
  const { engine, book, callers, settings, storage, log, onError, traffic } = deps
  const { transport, exits } = composeEgress(deps)
  const attempts: AttemptDeps = {
    transport,
    exits,
    inspectorFor: (call, status) => inspectorFor({ scrub: log.scrubber.scrub }, call, status),
    explainFailure,
    now: realClock.now,
  }
  const errors = {
    recordsBody: () => settings.current().errorLogRecordRequestBody,
    scrub: log.scrubber.scrub,
  }
  const attemptLog = createAttemptLog({ write: storage.attempts.insertMany, log })
  const makeAttempt: ForwardDeps['attempt'] = (call, options) => attempt(attempts, call, options)
  const forward: ForwardDeps = {
    keys: countWaits(engine.keys, traffic),
    attempt: makeAttempt,
    limits() {
      const { maxRetries, maxKeySwitches, queueMaxWaitMs, timeOut } = settings.current()
      return { maxRetries, maxKeySwitches, queueMaxWaitMs, timeOutMs: timeOut * 1000 }
    },
    admit: ({ labels, ask }) =>
      callers.admit({ caller: labels.caller, model: ask.model }, realClock.now()),
    report(report) {
      book.noteUse(report.reservation.key, report.startedAt)
      attemptLog.record(describeAttempt(report, errors))
      traffic.attempted(report)
      spend(deps, report)
      deps.onAttempt(report)
    },
    clock: realClock,
  }
  const version = () => readUpstreamAddress(settings.current().baseUrl).version
  const catalogue = createCatalogue({
    fetchModels: () =>
      fetchModels((query) => callGoogle(forward, listCall(version(), query), listAsk)),
    now: realClock.now,
    ttlMs: () => settings.current().modelListTtlSeconds * 1000,
    onError,
  })

  const ask = (secret: Secret, model = settings.current().testModel): Promise<Outcome> => {
    const timeOutMs = () => Math.min(30, settings.current().timeOut) * 1000
    return probeKey({ attempt: makeAttempt, model: () => model, version, timeOutMs }, secret)
  }
  const probe = async (key: KeyId, model?: string): Promise<Outcome> => {
    const secret = book.secretOf(key)
    return secret === undefined ? { verdict: 'client-left', status: 0 } : ask(secret, model)
  }
  const upkeep = engine.startChecks((key) => probe(key))

  upkeep.keeper.preload().catch(onError)

  return {
    forward,
    catalogue,
    version,
    async verify(key, model) {
      let outcome: Outcome | undefined
      await upkeep.probeKey(key, async (id) => (outcome = await probe(id, model)))
      return outcome
    },
    exits,
    tryKey: (value) => ask(new Secret(value)),
    requestLogStats: attemptLog.stats,
    maintainPool: () => upkeep.keeper.maintain(),
    async close() {
      upkeep.close()
      await attemptLog.close()
      await transport.close()
    },
  }
}

type SpendDeps = Pick<GatewayDeps, 'callers' | 'prices'>

function spend({ callers, prices }: SpendDeps, report: AttemptReport): void {
  const { request, usage, startedAt, durationMs } = report
  if (usage === undefined) return
  const at = startedAt + durationMs
  const sum = {
    model: request.ask.model,
    promptTokens: usage.prompt,
    outputTokens: usage.output,
    thoughtTokens: usage.thoughts,
    cachedTokens: usage.cached,
  }
  const cost = costOf(sum, prices.current(), at) ?? 0
  callers.spend({ caller: request.labels.caller, tokens: usage.total, cost, at })
}

/** The same keys, with every wait for one told to the metrics. */
function countWaits(keys: Keys, traffic: Traffic): Keys {
  return {
    reserve: keys.reserve,
    settle: keys.settle,
    release: keys.release,
    async wait(ask, options) {
      const startedAt = realClock.now()
      let end: 'served' | 'refused' | 'left' = 'left'
      try {
        const result = await keys.wait(ask, options)
        end = result.ok ? 'served' : 'refused'
        return result
      } finally {
        traffic.waited(realClock.now() - startedAt, end)
      }
    },
  }
}

const listAsk = { lane: '', model: '', estimatedInputTokens: 0 }

const listCall = (version: string, query: string) => ({
  method: 'GET' as const,
  path: `/${version}/models${query}`,
  headers: { accept: 'application/json' },
  body: [],
  framing: 'unary' as const,
  generates: false,
  usesResource: false,
})
