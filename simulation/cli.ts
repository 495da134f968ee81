import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { defaultFleetPlan, defaultTrafficPlan } from './default-plan.ts'
import { capacityPerDay } from './fleet.ts'
import { readFleetFile } from './fleet-file.ts'
import { duration, figuresOf, grouped, percent, table, type Figures } from './report.ts'
import {
  defaultLimits,
  defaultStart,
  oracle,
  playScenario,
  policies,
  setStage,
  type Policy,
  type Scenario,
} from './scenario.ts'

const usage = `Plays days of traffic over a fleet of Gemini keys, against a model of Google's quotas.

  npm run simulate -- [options]

  --keys N        keys of the fleet (default ${defaultFleetPlan.keys})
  --projects N    projects that share them (default 2 in 5 of the keys)
  --load X        requests as a share of what the quotas allow (default ${defaultTrafficPlan.load})
  --days N        days; quotas are learned on the first (default 2)
  --seed N        another fleet, other traffic, other faults (default 1)
  --fleet FILE    tiers, models, quotas, faults from a JSON file
  --all           our engine alone, over fleets of 10 to 5 000 keys, at loads of 50 to 150 %
  --detail        what was wasted and refused, and why
  --json          the same figures as JSON
`

const legend = `wasted: calls that a quota, a dead key or a suspended project refused, of all calls.
with room to spare: errors to clients while a lane had had room for the request all along.
The oracle reads Google's own books, and is as patient as the others.
`

type Options = { readonly scenario: Scenario; readonly detail: boolean; readonly json: boolean }

const options = {
  keys: { type: 'string' },
  projects: { type: 'string' },
  load: { type: 'string' },
  days: { type: 'string' },
  seed: { type: 'string' },
  fleet: { type: 'string' },
  all: { type: 'boolean', default: false },
  detail: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const

const readArguments = () => parseArgs({ options }).values
type Given = ReturnType<typeof readArguments>

function readOptions(given: Given): Options {
  const number = (name: Numeric, fallback: number) => numberIn(given, name, fallback)
  const plans = { fleet: defaultFleetPlan, traffic: defaultTrafficPlan }
  const { fleet, traffic } = given.fleet
    ? readFleetFile(readFileSync(given.fleet, 'utf8'), plans)
    : plans
  const keys = number('keys', fleet.keys)
  const usual = fleet.keys === keys ? fleet.projects : Math.ceil(keys * 0.4)
  return {
    scenario: {
      fleet: { ...fleet, keys, projects: number('projects', usual) },
      traffic: { ...traffic, load: number('load', traffic.load) },
      limits: defaultLimits,
      seed: number('seed', 1),
      start: defaultStart,
      days: number('days', 2),
    },
    detail: given.detail,
    json: given.json,
  }
}

type Numeric = 'keys' | 'projects' | 'load' | 'days' | 'seed'

function numberIn(given: Given, name: Numeric, fallback: number): number {
  const text = given[name]
  const value = text === undefined ? fallback : Number(text)
  if (!(value > 0)) throw new Error(`--${name} takes a number above 0.`)
  return value
}

async function compare({ scenario, detail, json }: Options): Promise<void> {
  const startedAt = performance.now()
  const truth = await playScenario(scenario, oracle)
  const best = figuresOf({ policy: 'oracle', days: truth }, Infinity).answers
  const rows = [figuresOf({ policy: 'an oracle', days: truth }, best)]
  const rivals: Readonly<Record<string, Policy>> = policies
  for (const [policy, create] of Object.entries(rivals)) {
    rows.unshift(figuresOf({ policy, days: await playScenario(scenario, create) }, best))
  }
  // The oracle first, then ours, then the rivals.
  rows.reverse()
  if (json) return print(JSON.stringify({ ...about(scenario), rows }, null, 2))
  const tookMs = performance.now() - startedAt
  print(`${headline(scenario, rows[0]?.requests ?? 0)}\n\n${table(rows)}\n`)
  if (detail) print(`${rows.map(detailOf).join('\n')}\n`)
  print(legend)
  print(`Played ${rows.length} times in ${duration(tookMs)}.`)
}

async function sweep({ scenario, detail, json }: Options): Promise<void> {
  const rows: Figures[] = []
  for (const keys of [10, 100, 1000, 5000]) {
    for (const load of [0.5, 1, 1.5]) {
      const projects = Math.ceil(keys * 0.4)
      const fleet = { ...scenario.fleet, keys, projects }
      const each = { ...scenario, fleet, traffic: { ...scenario.traffic, load } }
      const truth = await playScenario(each, oracle)
      const best = figuresOf({ policy: 'oracle', days: truth }, Infinity).answers
      const days = await playScenario(each, policies['Gemini Balance'])
      const policy = `${grouped(keys)} keys, load ${Math.round(load * 100)} %`
      rows.push(figuresOf({ policy, days }, best))
    }
  }
  if (json)
    return print(JSON.stringify({ seed: scenario.seed, days: scenario.days, rows }, null, 2))
  print(`${table(rows)}\n\n${legend}`)
  if (detail) print(rows.map(detailOf).join('\n'))
}

function about(scenario: Scenario) {
  const { fleet } = setStage(scenario)
  return {
    seed: scenario.seed,
    days: scenario.days,
    load: scenario.traffic.load,
    keys: fleet.keys.length,
    projects: fleet.projects.length,
    deadKeys: fleet.keys.filter((key) => key.ailment ?? key.project.ailment).length,
    models: fleet.plan.models.map(({ name }) => name),
    capacityPerDay: Math.round(
      fleet.plan.models.reduce((sum, model) => sum + capacityPerDay(fleet, model), 0),
    ),
  }
}

function headline(scenario: Scenario, requests: number): string {
  const { keys, projects, deadKeys, models, capacityPerDay: capacity, days, seed } = about(scenario)
  return [
    `${grouped(keys)} keys (${deadKeys} dead or dying) in ${grouped(projects)} projects, ${models.length} models, room for ${grouped(capacity)} answers a day`,
    `${days} days, ${grouped(requests)} requests (load ${percent(scenario.traffic.load)} of capacity), seed ${seed}`,
  ].join('\n')
}

function detailOf({ policy, wasted, failures, unjust }: Figures): string {
  return [
    policy,
    `  wasted on: ${listed(wasted)}`,
    `  errors: ${listed(failures)}`,
    `  with room to spare: ${listed(unjust)}`,
  ].join('\n')
}

function listed(counts: Readonly<Record<string, number>>): string {
  const items = Object.entries(counts).map(([name, count]) => `${name} ${grouped(count)}`)
  return items.join(', ') || 'nothing'
}

function print(text: string): void {
  console.log(text)
}

async function run(): Promise<void> {
  try {
    const given = readArguments()
    if (given.help) print(usage)
    else await (given.all ? sweep : compare)(readOptions(given))
  } catch (error) {
    console.error(error instanceof Error ? error.message : error)
    process.exitCode = 1
  }
}

await run()
