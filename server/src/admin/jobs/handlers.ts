import type { JobShown } from '@gemini-balance/contract'
import type { Jobs, JobSpec } from './jobs.ts'
import { AdminError } from '../http/admin-error.ts'
import type { Handlers } from '../handlers.ts'

/** Jobs listed, shown and cancelled. */
export function jobsHandlers(jobs: Jobs): Pick<Handlers, 'getJobs' | 'getJob' | 'cancelJob'> {
  return {
    getJobs: async () => ({ jobs: jobs.list() }),
    async getJob({ id }) {
      const found = jobs.get(id)
      if (found === undefined) throw new AdminError(404, 'not-found', 'There is no such job.')
      return { job: found.job, findings: found.findings.map((finding) => ({ ...finding })) }
    },
    cancelJob: async ({ id }) => ({ done: jobs.cancel(id) }),
  }
}

/** Begins a job, or says why not. */
export function startJob(jobs: Jobs, spec: JobSpec): { job: JobShown } {
  const job = jobs.start(spec)
  if (job !== undefined) return { job }
  throw new AdminError(429, 'busy', 'As many jobs run as may: wait for one to end, or cancel one.')
}
