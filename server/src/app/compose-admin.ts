import { auditHandlers } from '../admin/audit/handlers.ts'
import { createAuditor, type Auditor } from '../admin/audit/auditor.ts'
import { compatKeyHandlers, compatVerifyHandlers } from '../admin/compat/key-handlers.ts'
import { compatModelHandlers } from '../admin/compat/model-handlers.ts'
import { compatProxyHandlers } from '../admin/compat/proxy-handlers.ts'
import { compatSystemHandlers } from '../admin/compat/system-handlers.ts'
import { compatTryKeysHandler } from '../admin/compat/try-keys-handler.ts'
import type { Handlers } from '../admin/handlers.ts'
import { jobHandlers } from '../admin/jobs/handlers.ts'
import { createJobs, type Jobs } from '../admin/jobs/jobs.ts'
import { keyHandlers } from '../admin/keys/handlers.ts'
import { keyJobHandlers } from '../admin/keys/job-handlers.ts'
import { laneHandlers } from '../admin/lanes/handlers.ts'
import { projectHandlers } from '../admin/projects/handlers.ts'
import { proxyHandlers } from '../admin/proxies/handlers.ts'
import { sessionHandlers } from '../admin/sessions/handlers.ts'
import { settingsHandlers } from '../admin/settings/handlers.ts'
import { systemHandlers } from '../admin/system/handlers.ts'
import { tokenHandlers } from '../admin/tokens/handlers.ts'
import type { AdminSessions } from '../auth/admins/admin-sessions.ts'
import type { ClientTokens } from '../auth/clients/client-tokens.ts'
import { wholeModelList } from '../dialects/openai/models/models-answer.ts'
import { tryProxy } from '../gateway/egress/try-proxy.ts'
import type { PriceBook } from '../telemetry/usage/price-book.ts'
import type { ComposedGateway } from './compose-gateway.ts'
import { composeHistory } from './compose-history.ts'
import type { ComposedKeys, KeysDeps } from './compose-keys.ts'
import { serverVersion } from './server-version.ts'

export type AdminParts = KeysDeps & {
  readonly keys: Pick<ComposedKeys, 'engine' | 'keyRegistry' | 'projects'>
  readonly tokens: ClientTokens
  readonly prices: PriceBook
  readonly sessions: AdminSessions
  readonly gateway: Pick<
    ComposedGateway,
    'verify' | 'tryKey' | 'maintainPool' | 'catalogue' | 'proxies'
  >
}

export type ComposedAdmin = {
  readonly handlers: Handlers
  readonly jobs: Jobs
  readonly audit: Auditor
}

/** The handlers of the admin API. */
export function composeAdmin(parts: AdminParts): ComposedAdmin {
  const { storage, settings, log, onError, keys, tokens, gateway, sessions, prices } = parts
  const { engine, keyRegistry, projects } = keys
  const audit = createAuditor({ store: storage.audit, now: Date.now })
  const jobs = createJobs({ now: Date.now, onError, scrub: log.scrubber.scrub })
  const { verify, maintainPool } = gateway
  const verifyAtOnce = () => settings.current().keyVerificationBatchSize
  const keyDeps = { engine, keyRegistry, audit, jobs, verify, verifyAtOnce, maintainPool }
  jobs.subscribe((job) => parts.bus.publish('job', job))
  return {
    jobs,
    audit,
    handlers: {
      ...sessionHandlers({ sessions, audit, onError }),
      ...systemHandlers(serverVersion),
      ...settingsHandlers({ settings, keyRegistry, audit }),
      ...auditHandlers(storage.audit),
      ...proxyHandlers({ proxies: gateway.proxies }),
      ...keyHandlers(keyDeps),
      ...keyJobHandlers(keyDeps),
      ...jobHandlers(jobs),
      ...projectHandlers({ engine, projects, audit }),
      ...laneHandlers({ engine, audit }),
      ...tokenHandlers({ tokens, audit, prices }),
      ...composeHistory({ storage, settings, keyRegistry, prices, tokens }),
      ...compatKeyHandlers(keyDeps),
      ...compatVerifyHandlers(keyDeps),
      ...composeCompat(parts, { audit, verifyAtOnce }),
    },
  }
}

const proxyTrialMs = 10_000

type CompatParts = { readonly audit: Auditor; readonly verifyAtOnce: () => number }

/** The paths of the Python program that need the gateway. */
function composeCompat(
  { settings, gateway, onError }: AdminParts,
  { audit, verifyAtOnce }: CompatParts,
) {
  const { tryKey, catalogue } = gateway
  const listModels = () => wholeModelList({ catalogue, settings: settings.current, now: Date.now })
  return {
    ...compatProxyHandlers({
      proxies: () => settings.current().proxies,
      tryProxy: (proxy) =>
        tryProxy(proxy, { baseUrl: settings.current().baseUrl, timeoutMs: proxyTrialMs }),
      now: Date.now,
    }),
    ...compatTryKeysHandler({ tryKey, triedAtOnce: verifyAtOnce, audit }),
    ...compatModelHandlers({ listModels, onError }),
    ...compatSystemHandlers(serverVersion),
  }
}
