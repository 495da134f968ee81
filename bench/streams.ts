import { fork } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { setTimeout as pause } from 'node:timers/promises'
import { Pool } from 'undici'
import type { Child, Children } from './children.ts'
import { sendRequests } from './load.ts'
import { cpuTimeUs, memoryMb } from './process-figures.ts'
import type { Command, Opening, Window } from './stream-client.ts'
import { startBareProxy, startFake, startGateway } from './subjects.ts'
import { table } from './table.ts'
import { nativeRequests } from './workloads.ts'

export type StreamsPlan = { readonly most: number; readonly windowMs: number }

type Measured = Window & { readonly cpuPercent: number; readonly rssMb: number }

export type StreamsResult = {
  readonly subject: string
  readonly burst: Opening
  readonly alone: Measured
  readonly busy: Measured
  readonly busyBurst: Opening
}

/** Until the garbage of the opening is collected and the code is optimized. */
const settleMs = 5000
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
  const open: Command = { kind: 'open', count }
  const burst = await client.run<Opening>(open)
  await pause(settleMs)
  const alone = await measureWindow(client, subject, windowMs)
  const core = await startBusyCore(children)
  const busy = await measureWindow(client, subject, windowMs)
  await client.run({ kind: 'close' })
  await pause(settleMs)
  const busyBurst = await client.run<Opening>(open)
  process.kill(core.pid)
  await client.run({ kind: 'close' })
  client.stop()
  return { subject: subject.name, burst, alone, busy, busyBurst }
}

type Client = ReturnType<typeof startClient>

async function measureWindow(client: Client, { pid }: Child, ms: number): Promise<Measured> {
  const cpuBefore = cpuTimeUs(pid)
  const startedAt = performance.now()
  const window = await client.run<Window>({ kind: 'measure', ms })
  const cpuMs = (cpuTimeUs(pid) - cpuBefore) / 1000
  return {
    ...window,
    cpuPercent: (100 * cpuMs) / (performance.now() - startedAt),
    rssMb: memoryMb(pid, 'VmRSS'),
  }
}

function startBusyCore(children: Children): Promise<Child> {
  return children.start({
    name: 'busy core',
    args: ['-e', 'console.log("busy"); for (;;);'],
    ready: (printed) => (printed.includes('busy') ? 'none' : undefined),
  })
}

/** A process of its own, which ends with this one. */
function startClient(address: string) {
  const file = fileURLToPath(new URL('stream-client.ts', import.meta.url))
  const child = fork(file, [address], { execArgv: ['--conditions=source', '--import', 'tsx'] })
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
  ['', 'streams', 'first', 'first', 'chunks', 'delay', 'delay', 'delay', 'CPU', 'RSS', 'lost'],
  ['', '', 'p50 ms', 'p99 ms', '/s', 'p50 ms', 'p99 ms', 'max ms', '% core', 'MB', ''],
]

export function streamsReport(
  results: readonly StreamsResult[],
  { windowMs }: StreamsPlan,
): string {
  const row = (name: string, burst: Opening, window: Measured) => [
    name,
    String(burst.count),
    burst.firstP50Ms.toFixed(0),
    burst.firstP99Ms.toFixed(0),
    ((window.chunks * 1000) / windowMs).toFixed(0),
    window.p50Ms.toFixed(2),
    window.p99Ms.toFixed(1),
    window.maxMs.toFixed(0),
    window.cpuPercent.toFixed(1),
    window.rssMb.toFixed(0),
    String(burst.lost + window.lost),
  ]
  const rows = results.flatMap(({ subject, burst, alone, busy, busyBurst }) => [
    row(subject, burst, alone),
    row(`${subject}, busy core`, busyBurst, busy),
  ])
  return [table([...head, ...rows]), '', notes].join('\n')
}

const notes = [
  'Every stream brings about one chunk a second. first: from the connect to the first chunk, all streams opened at',
  'once. delay: from the write of fake-gemini to the read of the client. lost: refused, never begun or closed early.',
  'busy core: another process uses all of a core.',
].join('\n')
