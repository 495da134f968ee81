import { Pool } from 'undici'
import type { Children } from './children.ts'
import { fire, type Shot } from './load.ts'
import { measure, type Measure, type Plan } from './requests.ts'
import { median } from './statistics.ts'
import { startFake, startGateway } from './subjects.ts'
import { table } from './table.ts'
import { chatShot, nativeShot, type Answer } from './workloads.ts'

/** The same question in Google's words and in OpenAI's, answered by the same gateway. */
type Pair = {
  readonly name: string
  readonly native: readonly Measure[]
  readonly translated: readonly Measure[]
  readonly events: number
}

export type TranslationResult = readonly Pair[]

type Question = {
  readonly name: string
  readonly answer: Answer
  /** Events of a stream, 0 for a whole answer. */
  readonly events: number
  readonly count: number
}

/** Streams of three lengths, so that a chunk that costs more in a long one shows. */
const questions: readonly Question[] = [
  {
    name: 'whole, 2 KB out',
    answer: { marker: 'bytes-350', streams: false },
    events: 0,
    count: 8000,
  },
  ...[20, 200, 2000].map((events) => ({
    name: `stream, ${events} events out`,
    // The fake adds a last event of its own.
    answer: { marker: `long-stream-${events - 1}`, streams: true },
    events,
    count: Math.round(80_000 / (events + 20)),
  })),
]

const leastWarmUp = 1000

/** Measures the gateway with native and with translated requests in turns, round after round. */
export async function measureTranslation(
  children: Children,
  plan: Plan,
): Promise<TranslationResult> {
  const fake = await startFake(children)
  const gateway = await startGateway(children, fake.address)
  const pool = new Pool(gateway.address, { connections: plan.concurrency })
  const subject = { ...gateway, pool }
  const pairs: Pair[] = []
  for (const { name, answer, events, count: whole } of questions) {
    const count = Math.max(plan.concurrency, Math.round(whole * plan.share))
    const shots = { native: nativeShot(answer), translated: chatShot(answer) }
    for (const shot of Object.values(shots)) {
      await checkAnswer(gateway.address, shot, events)
      const warmUp = Math.min(leastWarmUp, whole)
      await fire(pool, shot, { concurrency: plan.concurrency, count: warmUp })
    }
    const pair = { name, events, native: [] as Measure[], translated: [] as Measure[] }
    for (let round = 0; round < plan.rounds; round += 1) {
      for (const kind of ['native', 'translated'] as const) {
        const volleys = { ...plan, quietCount: 0, count, settlesLater: true }
        pair[kind].push(await measure(subject, shots[kind], volleys))
      }
      process.stderr.write(`${name}: round ${round + 1} of ${plan.rounds}\n`)
    }
    pairs.push(pair)
  }
  await pool.destroy()
  return pairs
}

async function checkAnswer(address: string, shot: Shot, events: number): Promise<void> {
  const response = await fetch(address + shot.path, {
    method: 'POST',
    headers: shot.headers,
    body: String(shot.bodies[0]),
  })
  const text = await response.text()
  const found = text.split('data: ').length - 1
  // A translated stream tells its beginning, its end and what it took in chunks of their own.
  if (response.status === 200 && found >= events && found <= (events && events + 6)) return
  throw new Error(`${shot.path} was answered with ${response.status} and ${found} events.`)
}

const cpu = (measures: readonly Measure[]) =>
  median(measures.map(({ cpuUsPerRequest }) => cpuUsPerRequest))

/** What translation costs in terms of the native path, one figure a round. */
export function translationRatios({ native, translated }: Pair): number[] {
  return translated.map(
    (one, round) => one.cpuUsPerRequest / (native[round]?.cpuUsPerRequest ?? NaN),
  )
}

export function translationReport(pairs: TranslationResult): string {
  const rows = pairs.map((pair) => {
    const { name, native, translated, events } = pair
    const perEvent = (measures: readonly Measure[]) =>
      events === 0 ? '-' : (cpu(measures) / events).toFixed(1)
    return [
      name,
      cpu(native).toFixed(0),
      cpu(translated).toFixed(0),
      median(translationRatios(pair)).toFixed(2),
      perEvent(native),
      perEvent(translated),
    ]
  })
  return [
    'A chat request of 2 KB through the gateway, in Google’s words and in OpenAI’s',
    '',
    table([
      ['', 'native', 'translated', 'ratio', 'native', 'translated'],
      ['', 'CPU µs', 'CPU µs', 'median', 'µs/event', 'µs/event'],
      ...rows,
    ]),
  ].join('\n')
}
