// Holds many streams open and measures how late their chunks arrive. Started by stream-holder.ts, which sends the commands.
//   node --conditions=source --import tsx bench/stream-client.ts <address>
import { connect, type Socket } from 'node:net'
import { quantile } from './statistics.ts'

export type Opening = {
  readonly count: number
  /** Streams without a first byte within the time limit. */
  readonly lost: number
  /** From the connect to the first byte of a chunk. */
  readonly firstP50Ms: number
  readonly firstP99Ms: number
  readonly tookMs: number
}

export type Window = {
  readonly chunks: number
  /** Streams that closed. */
  readonly lost: number
  /** From the write of fake-gemini to the read here. */
  readonly p50Ms: number
  readonly p99Ms: number
  readonly maxMs: number
}

export type Command =
  | { readonly kind: 'open'; readonly count: number; readonly atATime: number }
  | { readonly kind: 'measure'; readonly ms: number }
  | { readonly kind: 'close' }

const address = new URL(process.argv[2] ?? 'http://127.0.0.1:8000')
const openTimeoutMs = 60_000
/** Connects in one turn of the event loop: in between, what has arrived is read. */
const connectsPerTurn = 50
const marker = Buffer.from('"writtenAtUs": ')
const longestTime = 20
/** All sockets read into it, one after the other. */
const buffer = Buffer.alloc(64 * 1024)

const sockets = new Set<Socket>()
let delaysMs: number[] = []
let firstMs: number[] = []

const nowUs = () => {
  const [seconds, nanoseconds] = process.hrtime()
  return seconds * 1e6 + nanoseconds / 1000
}

/** About one chunk a second, each stream with its own pace, so that they do not fall into step. */
function requestOf(index: number): string {
  const text = `Conversation ${index}. [[fake:ticking-${900 + (index % 201)}]]`
  const body = JSON.stringify({ contents: [{ role: 'user', parts: [{ text }] }] })
  return [
    'POST /v1beta/models/gemini-3.8-flash:streamGenerateContent?alt=sse HTTP/1.1',
    `host: ${address.host}`,
    'x-goog-api-key: bench-token',
    'content-type: application/json',
    `content-length: ${body.length}`,
    '',
    body,
  ].join('\r\n')
}

/** Notes the delay of each chunk in the bytes; false where they have none. */
function readTimes(bytes: Buffer): boolean {
  let at = bytes.indexOf(marker)
  if (at === -1) return false
  const readAt = nowUs()
  while (at !== -1) {
    const from = at + marker.length
    const writtenAt = Number.parseInt(bytes.toString('latin1', from, from + longestTime), 10)
    delaysMs.push((readAt - writtenAt) / 1000)
    at = bytes.indexOf(marker, from)
  }
  return true
}

function openStream(index: number): void {
  const openedAt = performance.now()
  let isFirst = true
  const socket = connect({
    host: address.hostname,
    port: Number(address.port),
    onread: {
      buffer,
      callback: (length) => {
        if (readTimes(buffer.subarray(0, length)) && isFirst) {
          isFirst = false
          firstMs.push(performance.now() - openedAt)
        }
        return true
      },
    },
  })
  socket.setNoDelay(true)
  socket.write(requestOf(index))
  socket.on('error', () => {})
  socket.on('end', () => socket.destroy())
  socket.on('close', () => sockets.delete(socket))
  sockets.add(socket)
}

const turn = () => new Promise((resolve) => setImmediate(resolve))
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

async function open(count: number, atATime: number): Promise<Opening> {
  firstMs = []
  const startedAt = performance.now()
  for (let index = 0; index < count; index += 1) {
    openStream(index)
    if (index % connectsPerTurn === 0) await turn()
    while (index - firstMs.length >= atATime && performance.now() - startedAt < openTimeoutMs) {
      await pause(1)
    }
  }
  while (firstMs.length < count && performance.now() - startedAt < openTimeoutMs) await pause(10)
  const sorted = Float64Array.from(firstMs).toSorted()
  return {
    count,
    lost: count - Math.min(sorted.length, sockets.size),
    firstP50Ms: quantile(sorted, 0.5),
    firstP99Ms: quantile(sorted, 0.99),
    tookMs: performance.now() - startedAt,
  }
}

async function measure(ms: number): Promise<Window> {
  const before = sockets.size
  delaysMs = []
  await pause(ms)
  const sorted = Float64Array.from(delaysMs).toSorted()
  return {
    chunks: sorted.length,
    lost: before - sockets.size,
    p50Ms: quantile(sorted, 0.5),
    p99Ms: quantile(sorted, 0.99),
    maxMs: sorted.at(-1) ?? Number.NaN,
  }
}

async function closeAll(): Promise<void> {
  for (const socket of sockets) socket.resetAndDestroy()
  while (sockets.size > 0) await pause(10)
}

async function run(command: Command): Promise<Opening | Window | undefined> {
  switch (command.kind) {
    case 'open':
      return open(command.count, command.atATime)
    case 'measure':
      return measure(command.ms)
    case 'close':
      await closeAll()
      return undefined
  }
}

process.on('message', (command: Command) => {
  void run(command).then((result) => process.send?.({ result }))
})
process.on('disconnect', () => process.exit())
