import type { Handlers } from '../handlers.ts'
import { AdminError } from '../http/admin-error.ts'

type SystemEndpoints = 'getVersion' | 'startScheduler' | 'stopScheduler'

/** The paths of the Python program for its version and its scheduler. */
export function compatSystemHandlers(version: string): Pick<Handlers, SystemEndpoints> {
  return {
    // The gateway calls nobody but Google.
    getVersion: async () => ({
      current_version: version,
      latest_version: null,
      update_available: false,
      error_message: null,
    }),
    startScheduler: schedulerGone,
    stopScheduler: schedulerGone,
  }
}

async function schedulerGone(): Promise<never> {
  throw new AdminError(
    'gone',
    'Background checks have no start and no stop. Set CHECK_INTERVAL_HOURS and POOL_MAINTENANCE_INTERVAL_MINUTES; 0 is never.',
  )
}
