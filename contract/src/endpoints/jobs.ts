import { z } from 'zod'
import { done, nothing, row, type Endpoint } from './endpoint.ts'

export const jobStates = ['running', 'done', 'failed', 'cancelled'] as const

const jobShown = z.object({
  id: z.string(),
  kind: z.string(),
  state: z.enum(jobStates),
  startedAt: z.number(),
  endedAt: z.number().optional(),
  /** How many things there are to do; absent while that is not known. */
  total: z.number().optional(),
  done: z.number(),
  /** How many of them came out how. */
  counts: z.record(z.string(), z.number()),
  /** Why it failed. */
  message: z.string().optional(),
})
export type JobShown = z.infer<typeof jobShown>

export const startedJob = z.object({ job: jobShown })

const id = z.string().min(1)

/** Work that goes on after the answer. */
export const jobEndpoints = {
  getJobs: {
    method: 'GET',
    path: '/api/jobs',
    help: 'Jobs that run and those that ended lately, newest first.',
    input: nothing,
    answer: z.object({ jobs: z.array(jobShown) }),
  },
  getJob: {
    method: 'GET',
    path: '/api/jobs/:id',
    help: 'One job, with what it found out about single things: the first thousand.',
    input: z.object({ id }),
    answer: z.object({ job: jobShown, findings: z.array(row) }),
  },
  cancelJob: {
    method: 'POST',
    path: '/api/jobs/:id/cancel',
    help: 'Ends a job early; what it did stays done.',
    input: z.object({ id }),
    answer: done,
  },
} as const satisfies Record<string, Endpoint>
