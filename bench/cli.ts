import { cpus } from 'node:os'
import { parseArgs } from 'node:util'
import { againstReport, measureAgainst } from './against.ts'
import { createChildren, type Children } from './children.ts'
import { latencyReport, measureLatency, type LatencyPlan } from './latency.ts'
import { measureMemory, memoryReport } from './memory.ts'
import { cpuRatios, requestsReport, reportNotes } from './report.ts'
import { measureRequests, type Plan } from './requests.ts'
import { median } from './statistics.ts'
import { measureStreams, streamsReport, type StreamsPlan } from './streams.ts'
import { buildIfStale } from './subjects.ts'
import { measureTranslation, translationReport } from './translation.ts'
import { workloads } from './workloads.ts'

const usage = `Measures what a request through the gateway costs, with fake-gemini as upstream.

  npm run bench                 CPU, throughput and latency, compared with a bare proxy
  npm run bench -- translation  CPU of OpenAI chat completions, compared with native requests
  npm run bench -- memory       memory with 50 bodies of 20 MB at a time
  npm run bench -- latency      latency that is added at 10 and at 300 requests a second
  npm run bench -- streams      10 000 slow streams: CPU, memory, delay of chunks, first bytes of a burst
  npm run bench -- against DIR  CPU of this build, compared with the build of another checkout

  --quick   fewer and shorter rounds
  --json    output as JSON`

const { values: given, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    quick: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})

const full: Plan = { rounds: 5, concurrency: 32, share: 1, sequentialCount: 500 }
const quick: Plan = { rounds: 2, concurrency: 32, share: 0.15, sequentialCount: 50 }
const manyLargeBodies = { bodies: 50, bodyMb: 20 }
const fewLargeBodies = { bodies: 10, bodyMb: 20 }

const machine = `Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model ?? 'unknown processor'}`

async function requests(children: Children): Promise<void> {
  const plan = given.quick ? quick : full
  const results = await measureRequests(children, workloads, plan)
  if (given.json) {
    const figures = results.map(({ workload, rounds }) => ({
      workload: workload.name,
      what: workload.what,
      cpuRatioMedian: median(cpuRatios(rounds)),
      rounds,
    }))
    console.log(JSON.stringify({ machine, plan, results: figures }, undefined, 2))
    return
  }
  const head = `${machine}, ${plan.concurrency} requests at a time, ${plan.rounds} rounds`
  console.log(['', head, ...results.map(requestsReport), reportNotes].join('\n\n'))
}

async function memory(children: Children): Promise<void> {
  const result = await measureMemory(children, given.quick ? fewLargeBodies : manyLargeBodies)
  console.log(
    given.json ? JSON.stringify({ machine, ...result }, undefined, 2) : memoryReport(result),
  )
}

async function translation(children: Children): Promise<void> {
  const plan = given.quick ? quick : full
  const result = await measureTranslation(children, plan)
  console.log(
    given.json
      ? JSON.stringify({ machine, plan, result }, undefined, 2)
      : ['', machine, translationReport(result)].join('\n\n'),
  )
}

async function against(children: Children): Promise<void> {
  const folder = positionals[1]
  if (folder === undefined) throw new Error('Name the folder of the other checkout.')
  const plan = given.quick ? quick : { ...full, rounds: 10, share: 0.5 }
  const result = await measureAgainst(children, folder, plan)
  console.log(
    given.json
      ? JSON.stringify({ machine, plan, result }, undefined, 2)
      : ['', machine, againstReport(result)].join('\n\n'),
  )
}

async function streams(children: Children): Promise<void> {
  const plan: StreamsPlan = given.quick
    ? { most: 1000, windowMs: 5000 }
    : { most: 10_000, windowMs: 15_000 }
  const results = await measureStreams(children, plan)
  console.log(
    given.json
      ? JSON.stringify({ machine, plan, results }, undefined, 2)
      : ['', machine, streamsReport(results, plan)].join('\n\n'),
  )
}

async function latency(children: Children): Promise<void> {
  const plan: LatencyPlan = { rates: [300, 10], seconds: given.quick ? 10 : 60 }
  const results = await measureLatency(children, plan)
  console.log(
    given.json
      ? JSON.stringify({ machine, plan, results }, undefined, 2)
      : ['', machine, latencyReport(results)].join('\n\n'),
  )
}

const benches = new Map([
  ['against', against],
  ['requests', requests],
  ['translation', translation],
  ['latency', latency],
  ['memory', memory],
  ['streams', streams],
])

async function main(): Promise<void> {
  const bench = benches.get(positionals[0] ?? 'requests')
  if (given.help || bench === undefined) {
    console.log(usage)
    process.exitCode = given.help ? 0 : 1
    return
  }
  buildIfStale()
  const children = createChildren()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void children.stopAll().finally(() => process.exit(1)))
  }
  try {
    await bench(children)
  } finally {
    await children.stopAll()
  }
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : String(error))
  process.exitCode = 1
})
