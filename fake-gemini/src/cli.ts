#!/usr/bin/env node
import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { startFakeGemini } from './fake-gemini.ts'
import { misbehaviours } from './misbehaviour/misbehaviours.ts'
import type { FakeProject } from './options.ts'

const usage = `fake-gemini: a strict Gemini API on your machine that misbehaves on demand.

  fake-gemini [options]

  --port <number>     port to listen on (9000)
  --host <address>    address to listen on (127.0.0.1)
  --keys <number>     number of keys, two per project (4)
  --rpm <number>      requests a minute per project and model
  --rpd <number>      requests a day per project and model
  --fleet <file>      JSON list of projects: [{"id", "tier", "keys", "quotas", "models", "files"}]
  --open-keys         accept any key
  --latency <ms>      delay before each answer
  --seed <number>     seed of the random numbers (1)
  --fast              no validation and no list of received calls, for load tests
  --help              this text
`

function numberOf(text: string | undefined, name: string): number | undefined {
  if (text === undefined) return undefined
  const value = Number(text)
  if (Number.isInteger(value) && value >= 0) return value
  throw new Error(`--${name} takes a whole number, not "${text}".`)
}

function readArguments() {
  const text = { type: 'string' } as const
  const flag = { type: 'boolean', default: false } as const
  return parseArgs({
    options: {
      port: text,
      host: text,
      keys: text,
      rpm: text,
      rpd: text,
      fleet: text,
      latency: text,
      seed: text,
      'open-keys': flag,
      fast: flag,
      help: flag,
    },
  }).values
}

type Arguments = ReturnType<typeof readArguments>

const keysPerProject = 2

function fleet(given: Arguments): readonly FakeProject[] {
  if (given.fleet !== undefined) {
    const read: readonly FakeProject[] = JSON.parse(readFileSync(given.fleet, 'utf8'))
    return read
  }
  const keys = numberOf(given.keys, 'keys') ?? 4
  const rpm = numberOf(given.rpm, 'rpm')
  const rpd = numberOf(given.rpd, 'rpd')
  const quota = { ...(rpm === undefined ? {} : { rpm }), ...(rpd === undefined ? {} : { rpd }) }
  const values = Array.from({ length: keys }, (_, index) =>
    `AQ.Fake${String(index + 1).padStart(4, '0')}`.padEnd(53, 'x'),
  )
  return Array.from({ length: Math.ceil(keys / keysPerProject) }, (_, index) => ({
    id: `project-${index + 1}`,
    keys: values.slice(index * keysPerProject, (index + 1) * keysPerProject),
    ...(Object.keys(quota).length > 0 ? { quotas: { '*': quota } } : {}),
  }))
}

const maxShown = 20

function startMessage(url: string, projects: readonly FakeProject[]): string {
  const keys = projects.flatMap((project) =>
    project.keys.map((key) => `  ${typeof key === 'string' ? key : key.value}  (${project.id})`),
  )
  const more = keys.length > maxShown ? [`  and ${keys.length - maxShown} more`] : []
  const first = projects[0]?.keys[0]
  const key = typeof first === 'string' ? first : (first?.value ?? 'any-key')
  return [
    `Fake Gemini listens on ${url}`,
    '',
    'Keys:',
    ...(keys.length > 0 ? [...keys.slice(0, maxShown), ...more] : ['  none']),
    '',
    'Try:',
    `  curl ${url}/v1beta/models/gemini-3.8-flash:generateContent -H 'x-goog-api-key: ${key}' -H 'Content-Type: application/json' -d '{"contents":[{"parts":[{"text":"Hello"}]}]}'`,
    `  the model fake-cut-after-2, or a prompt with [[fake:cut-after-2 chunks-20]], for a stream that is cut`,
    `  curl ${url}/_fake/stats`,
    '',
    `Misbehaviours: ${misbehaviours.map(({ name, count }) => (count ? `${name}-N` : name)).join(' ')}`,
  ].join('\n')
}

async function main(): Promise<void> {
  const given = readArguments()
  if (given.help) {
    console.log(usage)
    return
  }
  const projects = fleet(given)
  const host = given.host
  const fake = await startFakeGemini({
    port: numberOf(given.port, 'port') ?? 9000,
    ...(host === undefined ? {} : { host }),
    projects,
    openKeys: given['open-keys'],
    latencyMs: numberOf(given.latency, 'latency') ?? 0,
    seed: numberOf(given.seed, 'seed') ?? 1,
    ...(given.fast ? { strict: false, recording: 'none' } : {}),
  })
  console.log(startMessage(fake.url, projects))
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void fake.close())
  }
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : String(error))
  process.exitCode = 1
})
