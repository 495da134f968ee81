// Sends requests at an even rate, whatever becomes of them, and prints how long each took, as JSON.
//   node --conditions=source --import tsx bench/steady-load.ts <gateway> <requests a second> <seconds>
import { setTimeout as pause } from 'node:timers/promises'
import { Pool } from 'undici'
import { ask } from './load.ts'
import { nativeShot } from './workloads.ts'

export type SteadyLoad = {
  /** From the sending to the last byte, in the order of the answers. */
  readonly latenciesMs: readonly number[]
  /** How late the load itself was, at the 99th percentile: above a few milliseconds the figures are of this process, not of the gateway. */
  readonly sentLateMs: readonly number[]
}

const [address = '', rate = 250, seconds = 10] = process.argv
  .slice(2)
  .map((word, at) => (at === 0 ? word : Number(word)))

/** Until the compiler has seen enough of this process. */
const warmUpSeconds = 3
const shots = [
  nativeShot({ marker: 'bytes-350', streams: false }),
  nativeShot({ marker: 'long-stream-19', streams: true }),
]

const pool = new Pool(String(address), { connections: 512 })
const latenciesMs: number[] = []
const sentLateMs: number[] = []
const underWay: Promise<void>[] = []

async function send(number: number, dueAt: number, counts: boolean): Promise<void> {
  const shot = shots[number % shots.length]
  const body = shot?.bodies[number % shot.bodies.length]
  if (shot === undefined || body === undefined) throw new Error('There is nothing to send.')
  const lateMs = performance.now() - dueAt
  const ms = await ask(pool, { ...shot, body })
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
