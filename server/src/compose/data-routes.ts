import type { ClientDialect } from '@gemini-balance/contract'
import { geminiRoutes } from '../dialects/gemini/native-routes.ts'
import { openAiNativeRoutes } from '../dialects/openai-native/openai-native-routes.ts'
import { openAiRoutes } from '../dialects/openai/openai-routes.ts'
import type { OpenAiDeps } from '../dialects/openai/openai-deps.ts'
import type { Callers } from '../http/callers.ts'
import { countRequests } from '../http/count-requests.ts'
import type { DataRoute } from '../http/data-plane.ts'
import { createGuardedFetch } from '../media/guarded-fetch.ts'
import type { RootLog } from '../log/create-log.ts'
import { clientMethod } from '../metrics/client-method.ts'
import type { Traffic } from '../metrics/traffic.ts'
import type { LiveSettings } from '../settings/live-settings.ts'
import type { ComposedGateway } from './compose-gateway.ts'

export type DataDeps = {
  readonly settings: LiveSettings
  readonly callers: Callers
  readonly gateway: ComposedGateway
  readonly log: RootLog
  readonly signatures: OpenAiDeps['signatures']
  readonly complain: (error: unknown) => void
  readonly traffic: Traffic
}

/** What clients call, dialect by dialect, with every request counted. */
export function dataRoutes(deps: DataDeps): DataRoute[] {
  const { settings, callers, gateway, log, complain, traffic, signatures } = deps
  const { forward, catalogue, version } = gateway
  const { scrub } = log.scrubber
  const dialect = { settings: settings.current, callers, forward, catalogue, scrub, complain }
  const openAi = {
    ...dialect,
    signatures,
    fetchMedia: createGuardedFetch(),
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
