import { duration, figuresOf, grouped, percent, tableOf, type Figures } from './report.ts'
import { oracle, playScenario, policies, type Scenario } from './scenario.ts'
import { missedGoals, type World } from './worlds.ts'

export type PlayedWorld = {
  readonly world: string
  readonly figures: Figures
  readonly missed: readonly string[]
  /** Processor time of the engine's days. */
  readonly tookMs: number
}

export async function playWorld(
  world: string,
  { goals }: World,
  scenario: Scenario,
): Promise<PlayedWorld> {
  const oracleDays = await playScenario(scenario, oracle)
  const best = figuresOf({ policy: 'oracle', days: oracleDays }, Infinity).answers
  const before = process.cpuUsage()
  const days = await playScenario(scenario, policies['Gemini Balance'])
  const { user, system } = process.cpuUsage(before)
  const figures = figuresOf({ policy: world, days }, best)
  const missed = missedGoals(goals, figures)
  return { world, figures, missed, tookMs: (user + system) / 1000 }
}

const head = [
  ['', 'answers', 'share of', 'wasted', 'wasted', 'wasted', 'errors to', 'avoidable', 'CPU'],
  ['', '', 'oracle', '2 min', 'day 1', 'after', 'clients', 'errors', 'time'],
]

export function worldTable(rows: readonly PlayedWorld[]): string {
  const missed = rows.flatMap((row) => row.missed.map((goal) => `  ${row.world}: ${goal}`))
  const verdict =
    missed.length === 0 ? 'All goals are met.' : ['Goals missed:', ...missed].join('\n')
  return `${tableOf(head, rows.map(cellsOf))}\n\n${verdict}`
}

function cellsOf({ figures, missed, tookMs }: PlayedWorld): string[] {
  return [
    missed.length === 0 ? figures.policy : `${figures.policy} (!)`,
    grouped(figures.answers),
    percent(figures.ofOracle),
    percent(figures.wastedEarly),
    percent(figures.wastedLearning),
    figures.wastedLater === undefined ? '–' : percent(figures.wastedLater),
    grouped(figures.errors),
    grouped(figures.avoidableErrors),
    duration(tookMs),
  ]
}
