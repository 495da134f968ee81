import type { Finding, JobView, RejectedKey } from '@gemini-balance/contract'
import { newRequestId } from '../../runtime/request-id.ts'
import { momentOf } from '../moments.ts'

/** What a running job reports. */
export interface JobProgress {
  /** Aborted when the job is cancelled or the gateway stops. */
  readonly signal: AbortSignal
  expect(total: number): void
  /** So many more things had this result. */
  count(outcome: string, times?: number): void
  /** So many more things are done. */
  step(times?: number): void
  /** Keeps the first thousand. */
  find(finding: Finding): void
  /** Keeps the first hundred, and counts all. */
  reject(rejected: readonly RejectedKey[], total?: number): void
}

export type JobSpec = {
  readonly kind: string
  /** Rejects when the job fails. Resolves early, or rejects, when it is cancelled. */
  readonly run: (progress: JobProgress) => Promise<void>
}

export interface Jobs {
  /** Starts at once; undefined when too many jobs are running. */
  start(spec: JobSpec): JobView | undefined
  /** Newest first. */
  list(): JobView[]
  get(id: string): FoundJob | undefined
  /** False when the job does not exist or has ended. */
  cancel(id: string): boolean
  /** Calls back with each change of a job, at most some times a second. Returns the end of the subscription. */
  subscribe(listener: (job: JobView) => void): () => void
  /** Cancels all jobs and waits for their ends. */
  close(): Promise<void>
}

export type FoundJob = {
  readonly job: JobView
  readonly findings: readonly Finding[]
  readonly rejected: readonly RejectedKey[]
  readonly rejectedTotal: number
}

export type JobsDeps = {
  readonly now: () => number
  readonly onError: (error: unknown) => void
  /** Removes secrets from the message of a failure. */
  readonly scrub: (text: string) => string
}

const maxRunning = 4
const maxKept = 50
const maxFindings = 1000
const maxRejected = 100
const publishMs = 250

type Job = {
  job: JobView
  readonly findings: Finding[]
  readonly rejected: RejectedKey[]
  rejectedTotal: number
  readonly abort: AbortController
  ended: Promise<void>
  publishedAt: number
}

/** Background jobs that admins start: the running ones and the last that ended. A restart forgets them. */
export function createJobs(deps: JobsDeps): Jobs {
  const jobs = new Map<string, Job>()
  const listeners = new Set<(job: JobView) => void>()
  const running = () => [...jobs.values()].filter(({ job }) => job.state === 'running')

  function change(one: Job, change: Partial<JobView>): void {
    // A call of a cancelled job may still come back.
    if (one.job.state !== 'running') return
    one.job = { ...one.job, ...change }
    const now = deps.now()
    if (one.job.state === 'running' && now - one.publishedAt < publishMs) return
    one.publishedAt = now
    for (const listener of listeners) listener(one.job)
  }

  function forgetOldest(): void {
    for (const [id, { job }] of jobs) {
      if (jobs.size < maxKept) return
      if (job.state !== 'running') jobs.delete(id)
    }
  }

  return {
    start({ kind, run }) {
      if (running().length >= maxRunning) return undefined
      forgetOldest()
      const startedAt = momentOf(deps.now())
      const id = newRequestId(deps.now())
      const one: Job = {
        job: { id, kind, state: 'running', startedAt, done: 0, counts: {} },
        findings: [],
        rejected: [],
        rejectedTotal: 0,
        abort: new AbortController(),
        ended: Promise.resolve(),
        publishedAt: 0,
      }
      jobs.set(id, one)
      const update = (changes: Partial<JobView>) => change(one, changes)
      one.ended = run(progressOf(one, update)).then(
        () => update(endOf(one, deps.now())),
        (error: unknown) => update(failure(one, deps, error)),
      )
      update({})
      return one.job
    },
    list: () => [...jobs.values()].map(({ job }) => job).toReversed(),
    get: (id) => jobs.get(id),
    cancel(id) {
      const one = jobs.get(id)
      if (one?.job.state !== 'running') return false
      one.abort.abort()
      return true
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    async close() {
      const left = running()
      for (const { abort } of left) abort.abort()
      await Promise.all(left.map(({ ended }) => ended))
    },
  }
}

function progressOf(one: Job, update: (changes: Partial<JobView>) => void): JobProgress {
  return {
    signal: one.abort.signal,
    expect: (total) => update({ total }),
    step: (times = 1) => update({ done: one.job.done + times }),
    count(outcome, times = 1) {
      const { counts } = one.job
      update({ counts: { ...counts, [outcome]: (counts[outcome] ?? 0) + times } })
    },
    find(finding) {
      if (one.findings.length < maxFindings) one.findings.push(finding)
    },
    reject(rejected, total = rejected.length) {
      one.rejectedTotal += total
      one.rejected.push(...rejected.slice(0, maxRejected - one.rejected.length))
    },
  }
}

function endOf({ abort }: Job, now: number): Partial<JobView> {
  return { state: abort.signal.aborted ? 'cancelled' : 'done', endedAt: momentOf(now) }
}

function failure(one: Job, { now, onError, scrub }: JobsDeps, error: unknown): Partial<JobView> {
  if (one.abort.signal.aborted) return endOf(one, now())
  onError(error)
  const message = error instanceof Error ? error.message : String(error)
  return { state: 'failed', endedAt: momentOf(now()), message: scrub(message) }
}
