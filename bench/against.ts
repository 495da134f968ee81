import { resolve } from 'node:path'
import { Pool } from 'undici'
import type { Child, Children } from './children.ts'
import { sendRequests, type RequestSet } from './load.ts'
import { measure, type Measure, type Plan } from './requests.ts'
import { median } from './statistics.ts'
import { startFake, startGateway } from './subjects.ts'
import { table } from './table.ts'
import { chatRequests, nativeRequests } from './workloads.ts'

type Comparison = {
  readonly name: string
  readonly here: readonly Measure[]
  readonly there: readonly Measure[]
}

type Request = { readonly name: string; readonly requestSet: RequestSet; readonly count: number }

const whole = { marker: 'bytes-350', streams: false }
const stream = { marker: 'long-stream-19', streams: true }

const requests: readonly Request[] = [
  { name: 'native, whole', requestSet: nativeRequests(whole), count: 8000 },
  { name: 'native, 20 events', requestSet: nativeRequests(stream), count: 4000 },
  { name: 'translated, whole', requestSet: chatRequests(whole), count: 6000 },
  { name: 'translated, 20 events', requestSet: chatRequests(stream), count: 3000 },
]

const warmUp = 10_000

/** Measures this build and the build of another checkout in turn in each round. */
export async function measureAgainst(
  children: Children,
  folder: string,
  plan: Plan,
): Promise<Comparison[]> {
  const fake = await startFake(children)
  const pool = (child: Child) => ({
    ...child,
    pool: new Pool(child.address, { connections: plan.concurrency }),
  })
  const subjects = {
    here: pool(await startGateway(children, fake.address)),
    there: pool(await startGateway(children, fake.address, { root: resolve(folder) })),
  }
  const comparisons: Comparison[] = []
  for (const { name, requestSet, count } of requests) {
    for (const { pool: own } of Object.values(subjects)) {
      await sendRequests(own, requestSet, {
        concurrency: plan.concurrency,
        count: warmUp * plan.share,
      })
    }
    const found = { here: [] as Measure[], there: [] as Measure[] }
    const options = { ...plan, sequentialCount: 0, count: count * plan.share, writesLog: true }
    for (let round = 0; round < plan.rounds; round += 1) {
      // The order alternates, so that neither side has an advantage.
      const order = round % 2 === 0 ? (['here', 'there'] as const) : (['there', 'here'] as const)
      for (const side of order) found[side].push(await measure(subjects[side], requestSet, options))
      process.stderr.write(`${name}: round ${round + 1} of ${plan.rounds}\n`)
    }
    comparisons.push({ name, ...found })
  }
  await Promise.all(Object.values(subjects).map((subject) => subject.pool.destroy()))
  return comparisons
}

const cpu = (measures: readonly Measure[]) =>
  median(measures.map(({ cpuUsPerRequest }) => cpuUsPerRequest))

export function againstReport(comparisons: readonly Comparison[]): string {
  const rows = comparisons.map(({ name, here, there }) => {
    const ratios = here.map(
      (one, round) => one.cpuUsPerRequest / (there[round]?.cpuUsPerRequest ?? NaN),
    )
    return [
      name,
      cpu(here).toFixed(0),
      cpu(there).toFixed(0),
      median(ratios).toFixed(3),
      `${Math.min(...ratios).toFixed(2)} to ${Math.max(...ratios).toFixed(2)}`,
    ]
  })
  return table([
    ['', 'here', 'there', 'ratio', 'ratio'],
    ['', 'CPU µs', 'CPU µs', 'median', 'range'],
    ...rows,
  ])
}
