import { setTimeout as pause } from 'node:timers/promises'
import { Pool } from 'undici'
import type { Child, Children } from './children.ts'
import { sendRequests, type RequestSet } from './load.ts'
import { cpuTimeUs, memoryMb } from './process-figures.ts'
import { quantile } from './statistics.ts'
import { startBareProxy, startFake, startGateway } from './subjects.ts'
import type { Workload } from './workloads.ts'

/** The figures of one subject in one round. */
export type Measure = {
  readonly cpuUsPerRequest: number
  readonly requestsPerSecond: number
  readonly rssMb: number
  /** Many requests at a time, both cores busy. */
  readonly concurrent: Latency
  /** One request at a time. */
  readonly sequential: Latency
}
type Latency = { readonly p50Ms: number; readonly p99Ms: number }

export type SubjectName = 'direct' | 'bare' | 'gateway'
export type Round = Readonly<Record<SubjectName, Measure>>
export type WorkloadResult = { readonly workload: Workload; readonly rounds: readonly Round[] }

export type Plan = {
  readonly rounds: number
  readonly concurrency: number
  /** Factor for the request count of each workload. */
  readonly share: number
  readonly sequentialCount: number
}

type Subject = Child & { readonly pool: Pool }

/** The request log is written up to a second after the request, and its cost is part of the round. */
const logWriteMs = 1200
const eventsOfStream = 20
/** Number of requests until the code is optimized. */
const minWarmUp = 10_000

/** Measures fake-gemini, the bare proxy and the gateway in turn in each round, each in its own process. */
export async function measureRequests(
  children: Children,
  workloads: readonly Workload[],
  plan: Plan,
): Promise<WorkloadResult[]> {
  const fake = await startFake(children)
  const started = {
    direct: fake,
    bare: await startBareProxy(children, fake.address),
    gateway: await startGateway(children, fake.address),
  }
  const pool = (child: Child): Subject => ({
    ...child,
    pool: new Pool(child.address, { connections: plan.concurrency }),
  })
  const subjects = {
    direct: pool(started.direct),
    bare: pool(started.bare),
    gateway: pool(started.gateway),
  }
  const results: WorkloadResult[] = []
  for (const workload of workloads) {
    await checkAnswers(workload, subjects)
    results.push({ workload, rounds: await runRounds(workload, subjects, plan) })
  }
  await Promise.all(Object.values(subjects).map((subject) => subject.pool.destroy()))
  return results
}

type Subjects = Readonly<Record<SubjectName, Subject>>

async function runRounds(workload: Workload, subjects: Subjects, plan: Plan): Promise<Round[]> {
  const count = Math.round(workload.count * plan.share)
  for (const subject of Object.values(subjects)) {
    await sendRequests(subject.pool, workload.requestSet, {
      ...plan,
      count: Math.max(count, minWarmUp),
    })
  }
  const rounds: Round[] = []
  for (let round = 0; round < plan.rounds; round += 1) {
    const measured = {
      direct: await measure(subjects.direct, workload.requestSet, { ...plan, count }),
      bare: await measure(subjects.bare, workload.requestSet, { ...plan, count }),
      gateway: await measure(subjects.gateway, workload.requestSet, {
        ...plan,
        count,
        writesLog: true,
      }),
    }
    rounds.push(measured)
    process.stderr.write(`${workload.name}: round ${round + 1} of ${plan.rounds}\n`)
  }
  return rounds
}

type MeasureOptions = Plan & { readonly count: number; readonly writesLog?: boolean }

/** Measures a subject under load, then with one request at a time. */
export async function measure(
  { pid, pool }: Subject,
  requestSet: RequestSet,
  { count, concurrency, sequentialCount, writesLog = false }: MeasureOptions,
): Promise<Measure> {
  const cpuBefore = cpuTimeUs(pid)
  const concurrent = await sendRequests(pool, requestSet, { count, concurrency })
  await pause(writesLog ? logWriteMs : 0)
  const cpuUs = cpuTimeUs(pid) - cpuBefore
  const sequential = await sendRequests(pool, requestSet, {
    count: sequentialCount,
    concurrency: 1,
  })
  return {
    cpuUsPerRequest: cpuUs / count,
    requestsPerSecond: (count * 1000) / concurrent.elapsedMs,
    rssMb: memoryMb(pid, 'VmRSS'),
    concurrent: latency(concurrent.latenciesMs),
    sequential: latency(sequential.latenciesMs),
  }
}

const latency = (sorted: Float64Array): Latency => ({
  p50Ms: quantile(sorted, 0.5),
  p99Ms: quantile(sorted, 0.99),
})

/** Fails on wrong answers, because their figures would mean nothing. */
async function checkAnswers({ name, requestSet }: Workload, subjects: Subjects): Promise<void> {
  for (const subject of Object.values(subjects)) {
    const answer = await fetch(subject.address + requestSet.path, {
      method: 'POST',
      headers: requestSet.headers,
      body: String(requestSet.bodies[0]),
    })
    const text = await answer.text()
    const events = text.split('data: ').length - 1
    const expected = name === 'stream' ? eventsOfStream : 0
    if (answer.status === 200 && events === expected && text.length > 2000) continue
    throw new Error(
      `${subject.name} answered ${name} with ${answer.status}, ${events} events, ${text.length} characters.`,
    )
  }
}
