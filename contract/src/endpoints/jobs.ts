import { z } from 'zod'
import type { Endpoint } from './endpoint.ts'
import { done, moment, nothing, type View } from './shapes.ts'

const jobView = z.object({
  id: z.string(),
  kind: z.string(),
  state: z.enum(['running', 'done', 'failed', 'cancelled']),
  startedAt: moment,
  endedAt: moment.optional(),
  /** How many things there are to do; absent while unknown. */
  total: z.number().optional(),
  done: z.number(),
  /** Things done, by their result. */
  counts: z.record(z.string(), z.number()),
  /** Why it failed. */
  message: z.string().optional(),
})
export type JobView = View<typeof jobView>

export const startedJob = z.object({ job: jobView })

/** A key that did not answer. */
const finding = z.object({
  id: z.number(),
  /** `…` and the last four characters. */
  key: z.string(),
  verdict: z.string(),
  status: z.number().optional(),
  message: z.string().optional(),
})
export type Finding = View<typeof finding>

/** A piece of a pasted text that was not imported. */
const rejectedKey = z.object({
  /** Counted from 1. */
  line: z.number(),
  /** `…` and the last four characters. */
  key: z.string(),
  why: z.enum(['too-short', 'too-long', 'no-key', 'double', 'known']),
})
export type RejectedKey = View<typeof rejectedKey>

const id = z.string().min(1)

/** Work that goes on after the answer. */
export const jobEndpoints = {
  listJobs: {
    method: 'GET',
    path: '/api/jobs',
    help: 'Running jobs and the last ones that ended, newest first.',
    input: nothing,
    answer: z.object({ jobs: z.array(jobView) }),
  },
  getJob: {
    method: 'GET',
    path: '/api/jobs/:id',
    help: 'One job, with its first thousand findings. Of an import: the first hundred keys that were not added, and how many there are.',
    input: z.object({ id }),
    answer: z.object({
      job: jobView,
      findings: z.array(finding),
      rejected: z.array(rejectedKey),
      rejectedTotal: z.number(),
    }),
    errors: ['not_found'],
  },
  cancelJob: {
    method: 'POST',
    path: '/api/jobs/:id/cancel',
    help: 'Ends a job early. What it did is not undone.',
    input: z.object({ id }),
    answer: done,
  },
} as const satisfies Record<string, Endpoint>
