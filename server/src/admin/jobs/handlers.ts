import type { JobView } from '@gemini-balance/contract'
import type { Handlers } from '../handlers.ts'
import { AdminError } from '../http/admin-error.ts'
import type { Jobs, JobSpec } from './jobs.ts'

export function jobHandlers(jobs: Jobs): Pick<Handlers, 'listJobs' | 'getJob' | 'cancelJob'> {
  return {
    listJobs: async () => ({ jobs: jobs.list() }),
    async getJob({ id }) {
      const found = jobs.get(id)
      if (found === undefined) throw new AdminError('not_found', 'There is no job with this id.')
      const { job, findings, rejected, rejectedTotal } = found
      return { job, findings, rejected, rejectedTotal }
    },
    cancelJob: async ({ id }) => ({ done: jobs.cancel(id) }),
  }
}

/** Rejects the request when too many jobs are running. */
export function startJob(jobs: Jobs, spec: JobSpec): { job: JobView } {
  const job = jobs.start(spec)
  if (job === undefined) throw new AdminError('too_many_jobs')
  return { job }
}
