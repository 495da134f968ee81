import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { defaultFleetPlan, defaultTrafficPlan } from './default-plan.ts'
import { capacityPerDay } from './fleet.ts'
import { readFleetFile } from './fleet-file.ts'
import { playRandomFleets } from './random-fleets/play.ts'
import { duration, figuresOf, grouped, percent, table, type Figures } from './report.ts'
import {
  defaultLimits,
  defaultStart,
  knowledges,
  oracle,
  playScenario,
  policies,
  createSimulation,
  type Knowledge,
  type Policy,
  type Scenario,
} from './scenario.ts'
import { playWorld, worldTable, type PlayedWorld } from './world-report.ts'
import { worldNamed, worldNames, worlds, type World } from './worlds.ts'

const usage = `Simulates days of traffic over a fleet of Gemini keys, with a model of Google's quotas.

  npm run simulate -- [options]

  --keys N        number of keys (default ${defaultFleetPlan.keys})
  --projects N    number of projects (default 2 for 5 keys)
  --load X        requests divided by the quotas (default ${defaultTrafficPlan.load})
  --days N        number of days; quotas are learned on the first (default 2)
  --knowledge K   what the engine knows of projects: labels, files (default), or nothing
  --world NAME    the fleet and traffic of a world (default ${worldNames[0]})
  --seed N        seed of fleet, traffic and faults (default 1)
  --fleet FILE    tiers, models, quotas and faults from a JSON file
  --all           Gemini Balance alone, with 10 to 5 000 keys and loads of 50 to 150 %
  --worlds        Gemini Balance alone, in every world or that of --world, and the goals it misses
  --fleets N      N small random fleets, in which no error may be avoidable
  --detail        reasons of wasted calls and errors
  --json          output as JSON

Worlds:
${worldNames.map((name) => `  ${name.padEnd(15)} ${worlds[name].about}`).join('\n')}
`

const legend = `wasted: share of calls that a quota, a dead key or a suspended project refused.
avoidable: errors to clients while a lane had room for the request.
The oracle knows Google's counters, and has the same retries and waiting times.
`

type Options = { readonly scenario: Scenario; readonly detail: boolean; readonly json: boolean }

const options = {
  keys: { type: 'string' },
  projects: { type: 'string' },
  load: { type: 'string' },
  days: { type: 'string' },
  knowledge: { type: 'string' },
  world: { type: 'string' },
  worlds: { type: 'boolean', default: false },
  fleets: { type: 'string' },
  seed: { type: 'string' },
  fleet: { type: 'string' },
  all: { type: 'boolean', default: false },
  detail: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const

const readArguments = () => parseArgs({ options }).values
type Given = ReturnType<typeof readArguments>

const worldIn = ({ world = worldNames[0] ?? '' }: Given) => worldNamed(world)

/** A world changes the defaults; a file and options change the world. */
function readOptions(given: Given, world: World = worldIn(given)): Options {
  const number = (name: Numeric, fallback: number) => numberIn(given, name, fallback)
  const plans = {
    fleet: { ...defaultFleetPlan, ...world.fleet },
    traffic: { ...defaultTrafficPlan, ...world.traffic },
  }
  const { fleet, traffic } = given.fleet
    ? readFleetFile(readFileSync(given.fleet, 'utf8'), plans)
    : plans
  const keys = number('keys', fleet.keys)
  const usual = Math.ceil((keys * fleet.projects) / fleet.keys)
  return {
    scenario: {
      fleet: { ...fleet, keys, projects: number('projects', usual) },
      traffic: { ...traffic, load: number('load', traffic.load) },
      limits: defaultLimits,
      seed: number('seed', 1),
      start: defaultStart,
      days: number('days', 2),
      knowledge: knowledgeIn(given.knowledge ?? world.knowledge),
    },
    detail: given.detail,
    json: given.json,
  }
}

function knowledgeIn(text: string): Knowledge {
  const known = knowledges.find((one) => one === text)
  if (known === undefined) throw new Error(`--knowledge takes ${knowledges.join(', ')}.`)
  return known
}

type Numeric = 'keys' | 'projects' | 'load' | 'days' | 'seed' | 'fleets'

function numberIn(given: Given, name: Numeric, fallback: number): number {
  const text = given[name]
  const value = text === undefined ? fallback : Number(text)
  if (!(value > 0)) throw new Error(`--${name} takes a number above 0.`)
  return value
}

async function compare({ scenario, detail, json }: Options): Promise<void> {
  const startedAt = performance.now()
  const oracleDays = await playScenario(scenario, oracle)
  const best = figuresOf({ policy: 'oracle', days: oracleDays }, Infinity).answers
  const rows = [figuresOf({ policy: 'an oracle', days: oracleDays }, best)]
  const policiesToCompare: Readonly<Record<string, Policy>> = policies
  for (const [policy, create] of Object.entries(policiesToCompare)) {
    rows.unshift(figuresOf({ policy, days: await playScenario(scenario, create) }, best))
  }
  // The oracle first, then Gemini Balance, then the rivals.
  rows.reverse()
  if (json) return print(JSON.stringify({ ...about(scenario), rows }, null, 2))
  const tookMs = performance.now() - startedAt
  print(`${headline(scenario, rows[0]?.requests ?? 0)}\n\n${table(rows)}\n`)
  if (detail) print(`${rows.map(detailOf).join('\n')}\n`)
  print(legend)
  print(`${rows.length} simulations in ${duration(tookMs)}.`)
}

async function sweep({ scenario, detail, json }: Options): Promise<void> {
  const rows: Figures[] = []
  for (const keys of [10, 100, 1000, 5000]) {
    for (const load of [0.5, 1, 1.5]) {
      const projects = Math.ceil(keys * 0.4)
      const fleet = { ...scenario.fleet, keys, projects }
      const each = { ...scenario, fleet, traffic: { ...scenario.traffic, load } }
      const oracleDays = await playScenario(each, oracle)
      const best = figuresOf({ policy: 'oracle', days: oracleDays }, Infinity).answers
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

async function playWorlds(given: Given): Promise<void> {
  const rows: PlayedWorld[] = []
  for (const name of given.world === undefined ? worldNames : [given.world]) {
    const world = worldNamed(name)
    const { scenario } = readOptions(given, world)
    const played = await playWorld(name, world, scenario)
    rows.push(played)
    console.error(`${name}: ${duration(played.tookMs)}`)
  }
  if (given.json) return print(JSON.stringify({ rows }, null, 2))
  print(`${worldTable(rows)}\n\n${legend}`)
  if (given.detail) print(rows.map(({ figures }) => detailOf(figures)).join('\n'))
}

async function playFleets(given: Given): Promise<void> {
  const count = numberIn(given, 'fleets', 1)
  const { failures } = await playRandomFleets({ count, seed: numberIn(given, 'seed', 1), print })
  if (failures > 0) process.exitCode = 1
}

function about(scenario: Scenario) {
  const { fleet } = createSimulation(scenario)
  return {
    seed: scenario.seed,
    days: scenario.days,
    load: scenario.traffic.load,
    keys: fleet.keys.length,
    projects: fleet.projects.length,
    deadKeys: fleet.keys.filter((key) => key.failure ?? key.project.failure).length,
    models: fleet.plan.models.map(({ name }) => name),
    capacityPerDay: Math.round(
      fleet.plan.models.reduce((sum, model) => sum + capacityPerDay(fleet, model), 0),
    ),
  }
}

function headline(scenario: Scenario, requests: number): string {
  const { keys, projects, deadKeys, models, capacityPerDay: capacity, days, seed } = about(scenario)
  return [
    `${grouped(keys)} keys (${deadKeys} dead or dying) in ${grouped(projects)} projects, ${models.length} models, capacity ${grouped(capacity)} answers a day`,
    `${days} days, ${grouped(requests)} requests (load ${percent(scenario.traffic.load)} of capacity), seed ${seed}`,
  ].join('\n')
}

function detailOf({ policy, wasted, failures, avoidable }: Figures): string {
  return [
    policy,
    `  wasted on: ${listed(wasted)}`,
    `  errors: ${listed(failures)}`,
    `  avoidable: ${listed(avoidable)}`,
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
    else if (given.fleets !== undefined) await playFleets(given)
    else if (given.worlds) await playWorlds(given)
    else await (given.all ? sweep : compare)(readOptions(given))
  } catch (error) {
    console.error(error instanceof Error ? error.message : error)
    process.exitCode = 1
  }
}

await run()
