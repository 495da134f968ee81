// Sends requests at a steady rate without waiting for answers, and prints their latencies as JSON.
//   node --conditions=source --import tsx bench/steady-load.ts <gateway> <requests a second> <seconds>
import { setTimeout as pause } from 'node:timers/promises'
import { Pool } from 'undici'
import { sendRequest } from './load.ts'
import { nativeRequests } from './workloads.ts'

export type SteadyLoad = {
  /** Until the last byte, in the order of the answers. */
  readonly latenciesMs: readonly number[]
  /** How late requests were sent. If it is more than a few milliseconds, the latencies are those of this process. */
  readonly sentLateMs: readonly number[]
}

const [address = '', rate = 250, seconds = 10] = process.argv
  .slice(2)
  .map((word, at) => (at === 0 ? word : Number(word)))

/** Until the code of this process is optimized. */
const warmUpSeconds = 3
const requestSets = [
  nativeRequests({ marker: 'bytes-350', streams: false }),
  nativeRequests({ marker: 'long-stream-19', streams: true }),
]

const pool = new Pool(String(address), { connections: 512 })
const latenciesMs: number[] = []
const sentLateMs: number[] = []
const underWay: Promise<void>[] = []

async function send(number: number, dueAt: number, counts: boolean): Promise<void> {
  const requestSet = requestSets[number % requestSets.length]
  const body = requestSet?.bodies[number % requestSet.bodies.length]
  if (requestSet === undefined || body === undefined)
    throw new Error('There are no requests to send.')
  const lateMs = performance.now() - dueAt
  const ms = await sendRequest(pool, { ...requestSet, body })
  if (!counts) return
  sentLateMs.push(lateMs)
  latenciesMs.push(ms)
}

const startedAt = performance.now()
const total = (Number(seconds) + warmUpSeconds) * Number(rate)
const warmUp = warmUpSeconds * Number(rate)
for (let sent = 0; sent < total;) {
  const due = Math.min(total, Math.floor(((performance.now() - startedAt) / 1000) * Number(rate)))
  for (; sent < due; sent += 1) {
    underWay.push(send(sent, startedAt + (sent / Number(rate)) * 1000, sent >= warmUp))
  }
  await pause(1)
}
await Promise.all(underWay)
await pool.close()
const result: SteadyLoad = { latenciesMs, sentLateMs }
process.stdout.write(`${JSON.stringify(result)}\n`)
