import { Pool } from 'undici'
import type { Children } from './children.ts'
import { sendRequests, type RequestSet } from './load.ts'
import { measure, type Measure, type Plan } from './requests.ts'
import { median } from './statistics.ts'
import { startFake, startGateway } from './subjects.ts'
import { table } from './table.ts'
import { chatRequests, nativeRequests, type Answer } from './workloads.ts'

/** The same requests in the Gemini and in the OpenAI dialect. */
type Pair = {
  readonly name: string
  readonly native: readonly Measure[]
  readonly translated: readonly Measure[]
  readonly events: number
}

export type TranslationResult = readonly Pair[]

type TranslationCase = {
  readonly name: string
  readonly answer: Answer
  /** Number of events of a stream; 0 for a whole answer. */
  readonly events: number
  readonly count: number
}

/** Three stream lengths show whether chunks cost more in a long stream. */
const cases: readonly TranslationCase[] = [
  {
    name: 'whole, 2 KB out',
    answer: { marker: 'bytes-350', streams: false },
    events: 0,
    count: 8000,
  },
  ...[20, 200, 2000].map((events) => ({
    name: `stream, ${events} events out`,
    // fake-gemini adds a last event.
    answer: { marker: `long-stream-${events - 1}`, streams: true },
    events,
    count: Math.round(80_000 / (events + 20)),
  })),
]

const minWarmUp = 1000

/** Measures native and translated requests in turn in each round. */
export async function measureTranslation(
  children: Children,
  plan: Plan,
): Promise<TranslationResult> {
  const fake = await startFake(children)
  const gateway = await startGateway(children, fake.address)
  const pool = new Pool(gateway.address, { connections: plan.concurrency })
  const subject = { ...gateway, pool }
  const pairs: Pair[] = []
  for (const { name, answer, events, count: whole } of cases) {
    const count = Math.max(plan.concurrency, Math.round(whole * plan.share))
    const requestSets = { native: nativeRequests(answer), translated: chatRequests(answer) }
    for (const requestSet of Object.values(requestSets)) {
      await checkAnswer(gateway.address, requestSet, events)
      const warmUp = Math.min(minWarmUp, whole)
      await sendRequests(pool, requestSet, { concurrency: plan.concurrency, count: warmUp })
    }
    const pair = { name, events, native: [] as Measure[], translated: [] as Measure[] }
    for (let round = 0; round < plan.rounds; round += 1) {
      for (const kind of ['native', 'translated'] as const) {
        const options = { ...plan, sequentialCount: 0, count, writesLog: true }
        pair[kind].push(await measure(subject, requestSets[kind], options))
      }
      process.stderr.write(`${name}: round ${round + 1} of ${plan.rounds}\n`)
    }
    pairs.push(pair)
  }
  await pool.destroy()
  return pairs
}

async function checkAnswer(address: string, requestSet: RequestSet, events: number): Promise<void> {
  const response = await fetch(address + requestSet.path, {
    method: 'POST',
    headers: requestSet.headers,
    body: String(requestSet.bodies[0]),
  })
  const text = await response.text()
  const found = text.split('data: ').length - 1
  // A translated stream has extra chunks for its beginning, end and usage.
  if (response.status === 200 && found >= events && found <= (events && events + 6)) return
  throw new Error(`${requestSet.path} was answered with ${response.status} and ${found} events.`)
}

const cpu = (measures: readonly Measure[]) =>
  median(measures.map(({ cpuUsPerRequest }) => cpuUsPerRequest))

/** CPU of translated requests divided by CPU of native ones, per round. */
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
    'A chat request of 2 KB through the gateway: Gemini dialect and OpenAI dialect',
    '',
    table([
      ['', 'native', 'translated', 'ratio', 'native', 'translated'],
      ['', 'CPU µs', 'CPU µs', 'median', 'µs/event', 'µs/event'],
      ...rows,
    ]),
  ].join('\n')
}
