import { setTimeout as pause } from 'node:timers/promises'
import { Pool } from 'undici'
import type { Child, Children } from './children.ts'
import { fire, type Shot } from './load.ts'
import { cpuTimeUs, memoryMb } from './process-figures.ts'
import { quantile } from './statistics.ts'
import { startBareProxy, startFake, startGateway } from './subjects.ts'
import type { Workload } from './workloads.ts'

/** One subject in one round. */
export type Measure = {
  readonly cpuUsPerRequest: number
  readonly requestsPerSecond: number
  readonly rssMb: number
  /** Under load: many requests at a time, both cores busy. */
  readonly busy: Latency
  /** One request at a time. */
  readonly quiet: Latency
}
type Latency = { readonly p50Ms: number; readonly p99Ms: number }

export type SubjectName = 'direct' | 'bare' | 'gateway'
export type Round = Readonly<Record<SubjectName, Measure>>
export type WorkloadResult = { readonly workload: Workload; readonly rounds: readonly Round[] }

export type Plan = {
  readonly rounds: number
  readonly concurrency: number
  /** Share of each workload's count. */
  readonly share: number
  readonly quietCount: number
}

type Subject = Child & { readonly pool: Pool }

/** The request log is written at most a second after the request; its cost belongs to the round. */
const settleMs = 1200
const eventsOfStream = 20
/** So many requests until the compiler has seen enough. */
const leastWarmUp = 10_000

/** Measures the fake itself, the bare proxy and the gateway in turns, round after round, each in its own process. */
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
    results.push({ workload, rounds: await playRounds(workload, subjects, plan) })
  }
  await Promise.all(Object.values(subjects).map((subject) => subject.pool.destroy()))
  return results
}

type Subjects = Readonly<Record<SubjectName, Subject>>

async function playRounds(workload: Workload, subjects: Subjects, plan: Plan): Promise<Round[]> {
  const count = Math.round(workload.count * plan.share)
  for (const subject of Object.values(subjects)) {
    await fire(subject.pool, workload.shot, { ...plan, count: Math.max(count, leastWarmUp) })
  }
  const rounds: Round[] = []
  for (let round = 0; round < plan.rounds; round += 1) {
    const measured = {
      direct: await measure(subjects.direct, workload.shot, { ...plan, count }),
      bare: await measure(subjects.bare, workload.shot, { ...plan, count }),
      gateway: await measure(subjects.gateway, workload.shot, {
        ...plan,
        count,
        settlesLater: true,
      }),
    }
    rounds.push(measured)
    process.stderr.write(`${workload.name}: round ${round + 1} of ${plan.rounds}\n`)
  }
  return rounds
}

type Volleys = Plan & { readonly count: number; readonly settlesLater?: boolean }

/** One subject under load, then, if asked, one request at a time. */
export async function measure(
  { pid, pool }: Subject,
  shot: Shot,
  { count, concurrency, quietCount, settlesLater = false }: Volleys,
): Promise<Measure> {
  const cpuBefore = cpuTimeUs(pid)
  const busy = await fire(pool, shot, { count, concurrency })
  await pause(settlesLater ? settleMs : 0)
  const cpuUs = cpuTimeUs(pid) - cpuBefore
  const quiet = await fire(pool, shot, { count: quietCount, concurrency: 1 })
  return {
    cpuUsPerRequest: cpuUs / count,
    requestsPerSecond: (count * 1000) / busy.elapsedMs,
    rssMb: memoryMb(pid, 'VmRSS'),
    busy: latency(busy.latenciesMs),
    quiet: latency(quiet.latenciesMs),
  }
}

const latency = (sorted: Float64Array): Latency => ({
  p50Ms: quantile(sorted, 0.5),
  p99Ms: quantile(sorted, 0.99),
})

/** Figures of answers that are not what they should be would mean nothing. */
async function checkAnswers({ name, shot }: Workload, subjects: Subjects): Promise<void> {
  for (const subject of Object.values(subjects)) {
    const answer = await fetch(subject.address + shot.path, {
      method: 'POST',
      headers: shot.headers,
      body: String(shot.bodies[0]),
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
