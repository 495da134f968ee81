import type { JobShown } from '@gemini-balance/contract'
import { newRequestId } from '../../runtime/request-id.ts'

export type Finding = Readonly<Record<string, unknown>>

/** What a job says of itself while it runs. */
export interface JobProgress {
  /** Aborted when the job is cancelled or the gateway stops. */
  readonly signal: AbortSignal
  expect(total: number): void
  /** So many things more came out like this. */
  count(outcome: string, times?: number): void
  /** So many things more are done. */
  step(times?: number): void
  /** Something worth telling of a single thing. Those past the first thousand are dropped. */
  find(finding: Finding): void
}

export type JobSpec = {
  readonly kind: string
  /** Rejects when the job failed. Returns early, or rejects, when it was cancelled. */
  readonly run: (progress: JobProgress) => Promise<void>
}

export interface Jobs {
  /** Begins at once; undefined when as many jobs run as may. */
  start(spec: JobSpec): JobShown | undefined
  /** Newest first. */
  list(): JobShown[]
  get(id: string): { readonly job: JobShown; readonly findings: readonly Finding[] } | undefined
  /** False when there is no such job or it has ended. */
  cancel(id: string): boolean
  /** Told of each change of a job, at most some times a second. Returns the end of the subscription. */
  subscribe(listener: (job: JobShown) => void): () => void
  /** Cancels all and waits for them. */
  close(): Promise<void>
}

export type JobsDeps = {
  readonly now: () => number
  readonly onError: (error: unknown) => void
  /** Takes secrets out of what is said of a failure. */
  readonly scrub: (text: string) => string
}

const mostRunning = 4
const mostKept = 50
const mostFindings = 1000
const tellMs = 250

type Kept = {
  job: JobShown
  readonly findings: Finding[]
  readonly abort: AbortController
  ended: Promise<void>
  toldAt: number
}

/** Work in the background that somebody asked for: what runs, and what ended lately. It is forgotten at a restart. */
export function createJobs(deps: JobsDeps): Jobs {
  const kept = new Map<string, Kept>()
  const listeners = new Set<(job: JobShown) => void>()
  const running = () => [...kept.values()].filter(({ job }) => job.state === 'running')

  function change(one: Kept, change: Partial<JobShown>): void {
    // What was cancelled may still hear from what it had begun.
    if (one.job.state !== 'running') return
    one.job = { ...one.job, ...change }
    const now = deps.now()
    if (one.job.state === 'running' && now - one.toldAt < tellMs) return
    one.toldAt = now
    for (const listener of listeners) listener(one.job)
  }

  function forgetOldest(): void {
    for (const [id, { job }] of kept) {
      if (kept.size < mostKept) return
      if (job.state !== 'running') kept.delete(id)
    }
  }

  return {
    start({ kind, run }) {
      if (running().length >= mostRunning) return undefined
      forgetOldest()
      const startedAt = deps.now()
      const id = newRequestId(startedAt)
      const one: Kept = {
        job: { id, kind, state: 'running', startedAt, done: 0, counts: {} },
        findings: [],
        abort: new AbortController(),
        ended: Promise.resolve(),
        toldAt: 0,
      }
      kept.set(id, one)
      const update = (changes: Partial<JobShown>) => change(one, changes)
      one.ended = run(progressOf(one, update)).then(
        () => update(ending(one, deps.now())),
        (error: unknown) => update(failure(one, deps, error)),
      )
      update({})
      return one.job
    },
    list: () => [...kept.values()].map(({ job }) => job).toReversed(),
    get: (id) => kept.get(id),
    cancel(id) {
      const one = kept.get(id)
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

function progressOf(one: Kept, update: (changes: Partial<JobShown>) => void): JobProgress {
  return {
    signal: one.abort.signal,
    expect: (total) => update({ total }),
    step: (times = 1) => update({ done: one.job.done + times }),
    count(outcome, times = 1) {
      const { counts } = one.job
      update({ counts: { ...counts, [outcome]: (counts[outcome] ?? 0) + times } })
    },
    find(finding) {
      if (one.findings.length < mostFindings) one.findings.push(finding)
    },
  }
}

function ending({ abort }: Kept, endedAt: number): Partial<JobShown> {
  return { state: abort.signal.aborted ? 'cancelled' : 'done', endedAt }
}

function failure(one: Kept, { now, onError, scrub }: JobsDeps, error: unknown): Partial<JobShown> {
  if (one.abort.signal.aborted) return ending(one, now())
  onError(error)
  const message = error instanceof Error ? error.message : String(error)
  return { state: 'failed', endedAt: now(), message: scrub(message) }
}
