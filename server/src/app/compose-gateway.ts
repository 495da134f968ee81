import type { TokenRegistry } from '../auth/clients/token-registry.ts'
import type { Proxies } from '../gateway/egress/proxies.ts'
import { createGateway, type Gateway } from '../gateway/gateway.ts'
import type { GatewayObserver } from '../gateway/observer.ts'
import { createCatalogue, type Catalogue } from '../google/models/catalogue.ts'
import { fetchModels, listModelsCall } from '../google/models/fetch-models.ts'
import type { Outcome } from '../google/outcome.ts'
import { gemini } from '../google/platforms/gemini.ts'
import type { KeyId, Probe, EgressTrials } from '../keys/types.ts'
import { Secret } from '../log/secret.ts'
import { createProjectFiles } from '../resources/project-files.ts'
import { realClock } from '../runtime/time/real-clock.ts'
import { createBatchWriter, type WriteBehindStats } from '../runtime/write-behind.ts'
import type { RequestMetrics } from '../telemetry/metrics/request-metrics.ts'
import { describeAttempt } from '../telemetry/request-log/describe-attempt.ts'
import { KnownModels } from '../telemetry/request-log/known-models.ts'
import type { PriceBook } from '../telemetry/usage/price-book.ts'
import { observeTokenUse } from '../telemetry/usage/token-use.ts'
import { composeEgress } from './compose-egress.ts'
import type { ComposedKeys, KeysDeps } from './compose-keys.ts'

export type ComposeGatewayDeps = KeysDeps &
  Pick<ComposedKeys, 'engine' | 'keyRegistry'> & {
    readonly callers: TokenRegistry
    readonly prices: Pick<PriceBook, 'current'>
    readonly requestMetrics: RequestMetrics
    readonly counters: GatewayObserver
  }

export type ComposedGateway = {
  readonly gateway: Gateway
  readonly catalogue: Catalogue
  /** Asks Google about a key, and applies the answer. Undefined when a probe of it was under way already. */
  verify(key: KeyId, model: string | undefined): Promise<Outcome | undefined>
  /** Asks Google about a key that need not be ours, and applies nothing. */
  tryKey(value: string): Promise<Outcome>
  maintainPool(): Promise<void>
  readonly proxies: Pick<Proxies, 'states' | 'forOtherHosts'>
  readonly requestLogStats: () => WriteBehindStats
  close(): Promise<void>
}

/** The gateway to Google with its observers: request log, metrics, token use, key use, live counters. */
export function composeGateway(deps: ComposeGatewayDeps): ComposedGateway {
  const { engine, keyRegistry, callers, settings, storage, log, onError, requestMetrics, prices } =
    deps
  const { scrub } = log.scrubber
  const { transport, proxies } = composeEgress(deps)
  const logPolicy = {
    models: new KnownModels((model) => catalogue.has(model)),
    recordsBody: () => settings.current().errorLogRecordRequestBody,
    scrub,
  }
  const requestLog = createBatchWriter({
    write: storage.requestLog.insertMany,
    onError: (error, stats) =>
      log.error({ err: error, ...stats }, 'The request log cannot be written. It is tried again.'),
  })
  const gateway = createGateway({
    platform: gemini,
    settings: settings.current,
    keys: engine.keys,
    transport,
    proxies,
    limits() {
      const { maxRetries, maxKeySwitches, queueMaxWaitMs, timeOut } = settings.current()
      return { maxRetries, maxKeySwitches, queueMaxWaitMs, timeOutMs: timeOut * 1000 }
    },
    clock: realClock,
    scrub,
    observers: [
      {
        attempted: ({ reservation, startedAt }) =>
          keyRegistry.recordUse(reservation.key, startedAt),
      },
      { attempted: (report) => requestLog.record(describeAttempt(report, logPolicy)) },
      requestMetrics,
      observeTokenUse({ record: callers.recordUse, prices }),
      deps.counters,
    ],
  })
  const catalogue = createCatalogue({
    fetchModels: () =>
      fetchModels((query) =>
        gateway.call(listModelsCall(gateway.version(), query), {
          lane: '',
          model: '',
          estimatedInputTokens: 0,
        }),
      ),
    now: realClock.now,
    ttlMs: () => settings.current().modelListTtlSeconds * 1000,
    onError,
  })
  const testModel = () => settings.current().testModel
  const probe = createProbe({ gateway, keyRegistry, testModel })
  const reach = { gateway, keyRegistry }
  const checks = engine.startChecks(probe, createFiles(reach), createTrials(reach))
  checks.maintainer.preload().catch(onError)

  return {
    gateway,
    catalogue,
    async verify(key, model) {
      let outcome: Outcome | undefined
      await checks.probeKey(
        key,
        async (id) => (outcome = await probe(id, { model, generates: false })),
      )
      return outcome
    },
    proxies,
    tryKey: (value) =>
      gateway.probe({ secret: new Secret(value), model: testModel(), generates: false }),
    requestLogStats: requestLog.stats,
    maintainPool: () => checks.maintainer.maintain(),
    async close() {
      checks.close()
      await requestLog.close()
      await transport.close()
    },
  }
}

type ProbeDeps = Pick<ComposedKeys, 'keyRegistry'> & {
  readonly gateway: Gateway
  readonly testModel: () => string
}

function createProbe({ gateway, keyRegistry, testModel }: ProbeDeps): Probe {
  return async (key, { model = testModel(), generates } = { generates: false }) => {
    const secret = keyRegistry.secretOf(key)
    return secret && gateway.probe({ secret, model, generates })
  }
}

type Reach = Pick<ProbeDeps, 'gateway' | 'keyRegistry'>

function createTrials({ gateway: { trials }, keyRegistry }: Reach): EgressTrials {
  return {
    async run(key, limitMs) {
      const secret = keyRegistry.secretOf(key)
      return secret && trials.run(secret, limitMs)
    },
    renew: trials.renew,
    giveUpSilentCalls: trials.giveUpSilentCalls,
  }
}

function createFiles({ gateway, keyRegistry }: Reach) {
  return createProjectFiles({
    async ask(key, call) {
      const secret = keyRegistry.secretOf(key)
      return secret && gateway.ask(call, secret)
    },
    version: gateway.version,
  })
}
