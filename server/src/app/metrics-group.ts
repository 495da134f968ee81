import type { Callers } from '../auth/clients/credentials.ts'
import { createMetricsAccess } from '../auth/clients/metrics-access.ts'
import type { RouteGroup } from '../http/listener.ts'
import { metricsRoute } from '../http/metrics-route.ts'
import type { KeyEngine } from '../keys/engine.ts'
import type { RootLog } from '../log/create-log.ts'
import { contentType } from '../telemetry/metrics/exposition.ts'
import { readMetrics } from '../telemetry/metrics/metrics.ts'
import type { RequestMetrics } from '../telemetry/metrics/request-metrics.ts'
import type { LiveSettings } from '../settings/live-settings.ts'
import type { Storage } from '../storage/storage.ts'
import type { ComposedGateway } from './compose-gateway.ts'
import { serverVersion } from './server-version.ts'

export type MetricsGroupDeps = {
  readonly log: RootLog
  readonly settings: LiveSettings
  readonly callers: Callers
  readonly storage: Storage
  readonly engine: KeyEngine
  readonly gateway: ComposedGateway
  readonly requestMetrics: RequestMetrics
}

/** `/metrics`, with the figures of every part. */
export function metricsGroup(deps: MetricsGroupDeps): RouteGroup {
  const { log, settings, callers, storage, engine, gateway, requestMetrics } = deps
  return metricsRoute({
    mayRead: createMetricsAccess({ callers, token: () => settings.current().metricsToken }),
    contentType,
    read: async () => {
      const counts = await engine.views.counts()
      const text = await readMetrics({
        requestMetrics,
        keys: () => counts,
        pool: engine.views.pool,
        proxies: gateway.proxies.states,
        requestLog: gateway.requestLogStats,
        checkDatabase: storage.isReady,
        version: serverVersion,
      })
      return log.scrubber.scrub(text)
    },
  })
}
