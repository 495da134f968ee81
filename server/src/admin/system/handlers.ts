import { endpoints, openApiDocument } from '@gemini-balance/contract'
import { AdminError } from '../http/admin-error.ts'
import type { Handlers } from '../handlers.ts'

type SystemEndpoints = 'getVersion' | 'getOpenApi' | 'startScheduler' | 'stopScheduler'

/** What concerns the gateway as a whole. */
export function systemHandlers(version: string): Pick<Handlers, SystemEndpoints> {
  return {
    // Whoever runs this did not ask for calls to anybody but Google.
    getVersion: async () => ({
      current_version: version,
      latest_version: null,
      update_available: false,
      error_message: null,
    }),
    getOpenApi: async () => ({ ...openApiDocument(endpoints, version) }),
    startScheduler: gone,
    stopScheduler: gone,
  }
}

async function gone(): Promise<never> {
  throw new AdminError(410, 'gone', schedulerGone)
}

const schedulerGone =
  'Background checks need no start and no stop: CHECK_INTERVAL_HOURS and POOL_MAINTENANCE_INTERVAL_MINUTES say how often they come, and 0 is never.'
