import { fork } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { setTimeout as pause } from 'node:timers/promises'
import { Pool } from 'undici'
import type { Child, Children } from './children.ts'
import { sendRequests } from './load.ts'
import { cpuTimesUs, memoryMb } from './process-figures.ts'
import type { Command, Opening, Window } from './stream-client.ts'
import { startBareProxy, startFake, startGateway } from './subjects.ts'
import { table } from './table.ts'
import { nativeRequests } from './workloads.ts'

export type StreamsPlan = { readonly most: number; readonly windowMs: number }

type Measured = Window & {
  readonly cpuPercent: number
  readonly userUsPerChunk: number
  readonly systemUsPerChunk: number
  readonly rssMb: number
}

export type StreamsResult = {
  readonly subject: string
  readonly alone: Measured
  readonly busy: Measured
  readonly burst: Opening
  readonly busyBurst: Opening
}

/** Until the garbage of the opening is collected and the code is optimized. */
const settleMs = 4000
/** Streams that may wait for their first chunk where they are not opened in a burst. */
const atATime = 100
/** Short streams until the code is optimized. */
const warmUp = { count: 6000, concurrency: 32 }
/** For the sockets, files and pipes that are no stream. */
const spareDescriptors = 300

/** A proxy needs two descriptors a stream. Node raises its limit to the hard one itself. */
function streamsThatFit(): number {
  const limits = readFileSync('/proc/self/limits', 'utf8')
  const hard = Number(/^Max open files\s+\d+\s+(\d+)/m.exec(limits)?.[1] ?? Infinity)
  return Math.floor((hard - spareDescriptors) / 2)
}

/** Holds the same streams open in turn without a proxy, through the bare proxy and through the gateway. */
export async function measureStreams(
  children: Children,
  { most, windowMs }: StreamsPlan,
): Promise<StreamsResult[]> {
  const count = Math.min(most, streamsThatFit())
  const fake = await startFake(children)
  const subjects = [
    fake,
    await startBareProxy(children, fake.address, count),
    await startGateway(children, fake.address, { env: { MAX_CONNECTIONS_PER_ADDRESS: '0' } }),
  ]
  const results: StreamsResult[] = []
  for (const subject of subjects) {
    results.push(await measureSubject(children, subject, { count, windowMs }))
    process.stderr.write(`${subject.name} measured\n`)
  }
  return results
}

async function measureSubject(
  children: Children,
  subject: Child,
  { count, windowMs }: { readonly count: number; readonly windowMs: number },
): Promise<StreamsResult> {
  const pool = new Pool(subject.address, { connections: warmUp.concurrency })
  await sendRequests(pool, nativeRequests({ marker: 'long-stream-3', streams: true }), warmUp)
  await pool.destroy()
  const client = startClient(subject.address)
  await client.run<Opening>({ kind: 'open', count, atATime })
  await pause(settleMs)
  const alone = await measureWindow(client, subject, windowMs)
  const stopCore = await startBusyCore(children)
  const busy = await measureWindow(client, subject, windowMs)
  const busyBurst = await openBurst(client, count)
  stopCore()
  const burst = await openBurst(client, count)
  client.stop()
  return { subject: subject.name, alone, busy, burst, busyBurst }
}

/** Opens all streams at once. */
async function openBurst(client: Client, count: number): Promise<Opening> {
  await client.run({ kind: 'close' })
  await pause(settleMs)
  return client.run<Opening>({ kind: 'open', count, atATime: count })
}

type Client = ReturnType<typeof startClient>

async function measureWindow(client: Client, { pid }: Child, ms: number): Promise<Measured> {
  const before = cpuTimesUs(pid)
  const startedAt = performance.now()
  const window = await client.run<Window>({ kind: 'measure', ms })
  const elapsedUs = (performance.now() - startedAt) * 1000
  const after = cpuTimesUs(pid)
  const userUs = after.userUs - before.userUs
  const systemUs = after.systemUs - before.systemUs
  return {
    ...window,
    cpuPercent: (100 * (userUs + systemUs)) / elapsedUs,
    userUsPerChunk: userUs / window.chunks,
    systemUsPerChunk: systemUs / window.chunks,
    rssMb: memoryMb(pid, 'VmRSS'),
  }
}

/** Returns the function that ends it. */
async function startBusyCore(children: Children): Promise<() => void> {
  const { pid } = await children.start({
    name: 'busy core',
    args: ['-e', 'console.log("busy"); for (;;);'],
    ready: (printed) => (printed.includes('busy') ? 'none' : undefined),
  })
  return () => process.kill(pid)
}

/** A process of its own, which ends with this one. */
function startClient(address: string) {
  const file = fileURLToPath(new URL('stream-client.ts', import.meta.url))
  const child = fork(file, [address], {
    execArgv: ['--conditions=source', '--import', 'tsx'],
    // Keeps NaN.
    serialization: 'advanced',
  })
  return {
    run<Result = void>(command: Command): Promise<Result> {
      return new Promise((resolve, reject) => {
        child.once('message', (answer: { readonly result: Result }) => resolve(answer.result))
        child.once('exit', () => reject(new Error('The process that holds the streams ended.')))
        child.send(command)
      })
    },
    stop: () => child.disconnect(),
  }
}

const head = [
  [
    '',
    'chunks',
    'CPU',
    'user',
    'system',
    'RSS',
    'delay',
    'delay',
    'open',
    'first',
    'first',
    'lost',
  ],
  ['', '/s', '% core', 'µs', 'µs', 'MB', 'p50 ms', 'p99 ms', 'p50 ms', 'p99 ms', ''],
]

export function streamsReport(
  results: readonly StreamsResult[],
  { windowMs }: StreamsPlan,
): string {
  const row = (name: string, window: Measured, burst: Opening) => [
    name,
    ((window.chunks * 1000) / windowMs).toFixed(0),
    window.cpuPercent.toFixed(1),
    window.userUsPerChunk.toFixed(0),
    window.systemUsPerChunk.toFixed(0),
    window.rssMb.toFixed(0),
    window.p50Ms.toFixed(2),
    window.p99Ms.toFixed(1),
    burst.firstP50Ms.toFixed(0),
    burst.firstP99Ms.toFixed(0),
    String(burst.lost + window.lost),
  ]
  const rows = results.flatMap((result) => [
    row(result.subject, result.alone, result.burst),
    row(`${result.subject}, busy core`, result.busy, result.busyBurst),
  ])
  const count = results[0]?.burst.count ?? 0
  return [`${count} streams`, '', table([...head, ...rows]), '', notes].join('\n')
}

const notes = [
  'Every stream brings about one chunk a second. user, system: CPU a chunk, all threads. delay: from the write of',
  'fake-gemini to the read of the client. first: from the connect to the first chunk, all streams opened at once.',
  'lost: refused, never begun or closed early. busy core: beside a process that',
  'uses all of a core.',
].join('\n')
