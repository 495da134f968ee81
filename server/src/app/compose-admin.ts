import type { AdminSessions } from '../auth/admins/admin-sessions.ts'
import { openSessionHandlers } from '../admin/sessions/handlers.ts'
import { auditHandlers } from '../admin/audit/handlers.ts'
import { createAuditor, type Auditor } from '../admin/audit/auditor.ts'
import { proxyHandlers } from '../admin/proxies/handlers.ts'
import { configHandlers } from '../admin/settings/handlers.ts'
import type { Handlers } from '../admin/handlers.ts'
import { jobsHandlers } from '../admin/jobs/handlers.ts'
import { engineHandlers } from '../admin/lanes/handlers.ts'
import { keyHandlers } from '../admin/keys/handlers.ts'
import { keyJobHandlers } from '../admin/keys/job-handlers.ts'
import { originalKeyHandlers, originalVerifyHandlers } from '../admin/compat/key-handlers.ts'
import { tryKeysHandlers } from '../admin/keys/try-keys.ts'
import { projectsHandlers } from '../admin/projects/handlers.ts'
import { modelsHandlers } from '../admin/models/handlers.ts'
import { systemHandlers } from '../admin/system/handlers.ts'
import { tokensHandlers } from '../admin/tokens/handlers.ts'
import { wholeModelList } from '../dialects/openai/models/models-answer.ts'
import { tryProxy } from '../gateway/egress/try-proxy.ts'
import { createJobs, type Jobs } from '../admin/jobs/jobs.ts'
import type { ClientTokens } from '../auth/clients/client-tokens.ts'
import type { PriceBook } from '../telemetry/usage/price-book.ts'
import { composeHistory } from './compose-history.ts'
import type { ComposedGateway } from './compose-gateway.ts'
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

/** What operators can see and do. */
export function composeAdmin(parts: AdminParts): ComposedAdmin {
  const { storage, settings, log, onError, keys, tokens, gateway, sessions, prices } = parts
  const { engine, keyRegistry, projects } = keys
  const audit = createAuditor({ store: storage.audit, now: Date.now })
  const jobs = createJobs({ now: Date.now, onError, scrub: log.scrubber.scrub })
  const { verify, tryKey, maintainPool, catalogue } = gateway
  const verifyAtOnce = () => settings.current().keyVerificationBatchSize
  const keyDeps = { engine, keyRegistry, audit, jobs, verify, verifyAtOnce, maintainPool }
  const listModels = () => wholeModelList({ catalogue, settings: settings.current, now: Date.now })
  jobs.subscribe((job) => parts.bus.publish('job', job))
  return {
    jobs,
    audit,
    handlers: {
      ...configHandlers({ settings, keyRegistry, audit }),
      ...proxyHandlers({
        exits: gateway.proxies,
        proxies: () => settings.current().proxies,
        tryProxy: (proxy) =>
          tryProxy(proxy, { baseUrl: settings.current().baseUrl, timeoutMs: proxyTrialMs }),
        now: Date.now,
      }),
      ...engineHandlers({ engine, audit }),
      ...keyHandlers(keyDeps),
      ...keyJobHandlers(keyDeps),
      ...originalKeyHandlers(keyDeps),
      ...originalVerifyHandlers(keyDeps),
      ...projectsHandlers({ engine, projects, audit }),
      ...jobsHandlers(jobs),
      ...tokensHandlers({ tokens, audit }),
      ...openSessionHandlers({ sessions, audit, onError }),
      ...tryKeysHandlers({ tryKey, triedAtOnce: verifyAtOnce, audit }),
      ...modelsHandlers({ listModels, onError }),
      ...systemHandlers(serverVersion),
      ...auditHandlers(storage.audit),
      ...composeHistory({ storage, settings, keyRegistry, prices }),
    },
  }
}

const proxyTrialMs = 10_000
