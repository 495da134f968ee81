import type { ClientDialect } from '@gemini-balance/contract'
import { geminiRoutes } from './gemini/dialect.ts'
import { openAiNativeRoutes } from './openai/native/dialect.ts'
import { openAiRoutes } from './openai/dialect.ts'
import type { OpenAiDeps } from './openai/openai-deps.ts'
import type { Callers } from '../auth/clients/credentials.ts'
import { countRequests } from './count-requests.ts'
import type { DataRoute } from '../http/data-plane.ts'
import { createPublicFetch } from './media/public-fetch.ts'
import type { RootLog } from '../log/create-log.ts'
import { clientMethod } from '../telemetry/metrics/client-method.ts'
import type { Traffic } from '../telemetry/metrics/request-metrics.ts'
import type { LiveSettings } from '../settings/live-settings.ts'
import type { ComposedGateway } from '../app/compose-gateway.ts'

export type DataDeps = {
  readonly settings: LiveSettings
  readonly callers: Callers
  readonly gateway: ComposedGateway
  readonly log: RootLog
  readonly signatures: OpenAiDeps['signatures']
  readonly onError: (error: unknown) => void
  readonly traffic: Traffic
}

/** What clients call, dialect by dialect, with every request counted. */
export function dataRoutes(deps: DataDeps): DataRoute[] {
  const { settings, callers, gateway, log, onError, traffic, signatures } = deps
  const { forward, catalogue, version } = gateway
  const { scrub } = log.scrubber
  const dialect = { settings: settings.current, callers, forward, catalogue, scrub, onError }
  const openAi = {
    ...dialect,
    signatures,
    fetchMedia: createPublicFetch(),
    version,
  }
  const counted = (name: ClientDialect, routes: readonly DataRoute[]) =>
    countRequests(routes, { dialect: name, counter: traffic, methodOf: clientMethod })
  return [
    ...counted('gemini', geminiRoutes(dialect)),
    ...counted('openai', openAiRoutes(openAi)),
    ...counted(
      'openai-native',
      openAiNativeRoutes({ ...openAi, tell: (message) => log.info(message) }),
    ),
  ]
}
