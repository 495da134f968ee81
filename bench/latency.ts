import { setTimeout as pause } from 'node:timers/promises'
import { Pool } from 'undici'
import type { Children } from './children.ts'
import { sendRequest, sendRequests, type RequestSet } from './load.ts'
import { median, quantile } from './statistics.ts'
import { startBareProxy, startFake, startGateway } from './subjects.ts'
import { table } from './table.ts'
import { nativeRequests } from './workloads.ts'

export type LatencyPlan = {
  /** Requests a second to each subject. */
  readonly rates: readonly number[]
  readonly seconds: number
}

type Figures = {
  readonly p50Ms: number
  readonly p99Ms: number
  /** Median of the differences to the direct request of the same moment. */
  readonly addedMs: number
}

export type LatencyResult = {
  readonly rate: number
  readonly rounds: number
  readonly direct: Figures
  readonly bare: Figures
  readonly gateway: Figures
}

type SubjectName = 'direct' | 'bare' | 'gateway'
const names: readonly SubjectName[] = ['direct', 'bare', 'gateway']

/** Requests until the code is optimized. */
const warmUp = { count: 8000, concurrency: 16 }
const millisecondsPerSecond = 1000

/** In every round a request goes to each subject, one after the other: the same machine in the same moment. */
export async function measureLatency(
  children: Children,
  { rates, seconds }: LatencyPlan,
): Promise<LatencyResult[]> {
  const fake = await startFake(children)
  const bare = await startBareProxy(children, fake.address)
  const gateway = await startGateway(children, fake.address)
  const pools = {
    direct: new Pool(fake.address),
    bare: new Pool(bare.address),
    gateway: new Pool(gateway.address),
  }
  const requestSet = nativeRequests({ marker: 'bytes-350', streams: false })
  for (const name of names) await sendRequests(pools[name], requestSet, warmUp)
  const results: LatencyResult[] = []
  for (const rate of rates) {
    results.push(await measureRate(pools, requestSet, { rate, rounds: rate * seconds }))
    process.stderr.write(`${rate} requests a second measured\n`)
  }
  await Promise.all(names.map((name) => pools[name].destroy()))
  return results
}

type Pools = Readonly<Record<SubjectName, Pool>>

async function measureRate(
  pools: Pools,
  requestSet: RequestSet,
  { rate, rounds }: { readonly rate: number; readonly rounds: number },
): Promise<LatencyResult> {
  const times: Record<SubjectName, number[]> = { direct: [], bare: [], gateway: [] }
  const startedAt = performance.now()
  for (let round = 0; round < rounds; round += 1) {
    const body = requestSet.bodies[round % requestSet.bodies.length] ?? ''
    for (const [place, name] of rotated(round).entries()) {
      const due = startedAt + ((round + place / names.length) * millisecondsPerSecond) / rate
      const early = due - performance.now()
      if (early >= 1) await pause(early)
      times[name].push(await sendRequest(pools[name], { ...requestSet, body }))
    }
  }
  const of = (name: SubjectName): Figures => figures(times[name], times.direct)
  return { rate, rounds, direct: of('direct'), bare: of('bare'), gateway: of('gateway') }
}

/** Each subject is first, second and third equally often. */
function rotated(round: number): SubjectName[] {
  const first = round % names.length
  return [...names.slice(first), ...names.slice(0, first)]
}

function figures(times: readonly number[], direct: readonly number[]): Figures {
  const sorted = Float64Array.from(times).toSorted()
  return {
    p50Ms: quantile(sorted, 0.5),
    p99Ms: quantile(sorted, 0.99),
    addedMs: median(times.map((ms, index) => ms - (direct[index] ?? Number.NaN))),
  }
}

export function latencyReport(results: readonly LatencyResult[]): string {
  const rows = results.flatMap((result) =>
    names.map((name) => {
      const { p50Ms, p99Ms, addedMs } = result[name]
      const label = `${name}, ${result.rate} a second`
      return [label, p50Ms.toFixed(2), p99Ms.toFixed(2), addedMs.toFixed(2)]
    }),
  )
  return [table([['', 'p50 ms', 'p99 ms', 'added'], ...rows]), '', notes].join('\n')
}

const notes =
  'generateContent, 2 KB in, 2 KB out, at most one request at a time. added: median of the differences to "direct".'
