import { defaultFleetPlan } from './default-plan.ts'
import type { FleetPlan, ModelPlan } from './fleet.ts'
import type { Figures } from './report.ts'
import type { Knowledge } from './scenario.ts'
import type { TrafficPlan } from './traffic.ts'

/** Shares, 0 to 1. No world may have an avoidable error. */
export type Goals = {
  readonly ofOracle: number
  readonly wastedEarly?: number
  readonly wastedLearning: number
  readonly wastedLater: number
}

/** What differs from the default plans. */
export type World = {
  readonly about: string
  readonly knowledge: Knowledge
  readonly fleet?: Partial<FleetPlan>
  readonly traffic?: Partial<TrafficPlan>
  readonly goals: Goals
}

const surveyed: Goals = { ofOracle: 0.995, wastedLearning: 0.01, wastedLater: 0.002 }
const blind: Goals = { ofOracle: 0.99, wastedEarly: 0.1, wastedLearning: 0.02, wastedLater: 0.02 }
const shared: Goals = { ofOracle: 0.97, wastedLearning: 0.03, wastedLater: 0.03 }

const [flash] = defaultFleetPlan.models

/** Each model in turn gets other limits for one tier or all. */
const factors: readonly ModelPlan['limitFactors'][] = [
  { free: 0.5, 'tier-1': 1, 'tier-2': 1 },
  { free: 2, 'tier-1': 1, 'tier-2': 1 },
  { free: 1, 'tier-1': 0.5, 'tier-2': 2 },
  { free: 0.5, 'tier-1': 0.5, 'tier-2': 0.5 },
  { free: 1, 'tier-1': 1, 'tier-2': 1 },
]

export const worlds = {
  unknown: {
    about: 'nobody named the projects; files show them',
    knowledge: 'files',
    goals: surveyed,
  },
  'no-files': {
    about: 'nothing shows the projects',
    knowledge: 'nothing',
    goals: blind,
  },
  'few-files': {
    about: 'a tenth of the keys may not use files, lists are 5 s behind',
    knowledge: 'files',
    fleet: { files: { refusedShare: 0.1, behindMs: 5000 } },
    goals: surveyed,
  },
  'many-keys': {
    about: 'two to five keys a project',
    knowledge: 'files',
    fleet: { projects: 57, fewestKeysPerProject: 2, mostKeysPerProject: 5 },
    goals: surveyed,
  },
  'mixed-tiers': {
    about: 'a third of the projects in each tier',
    knowledge: 'files',
    fleet: { keys: 75, projects: 30, tiers: { free: 1, 'tier-1': 1, 'tier-2': 1 } },
    goals: surveyed,
  },
  noon: {
    about: 'Google halves or doubles limits at noon, and takes it back a day later',
    knowledge: 'files',
    fleet: {
      models: defaultFleetPlan.models.map((model, index) => ({
        ...model,
        limitFactors: factors[index % factors.length] ?? model.limitFactors,
      })),
    },
    goals: surveyed,
  },
  shared: {
    about: 'other programs spend half the quotas of half the projects, 8 hours a day',
    knowledge: 'files',
    fleet: { sharing: { projectShare: 0.5, quotaShare: 0.5, hoursPerDay: 8 } },
    goals: shared,
  },
  'cold-start': {
    about: "a minute's quotas are asked at once as the program starts",
    knowledge: 'files',
    traffic: { coldStart: 1 },
    goals: { wastedEarly: 0.05, ...surveyed },
  },
  large: {
    about: '20 000 keys, nearly all free, one model',
    knowledge: 'files',
    fleet: {
      keys: 20_000,
      projects: 8000,
      tiers: { free: 0.95, 'tier-1': 0.05, 'tier-2': 0 },
      models: flash ? [flash] : [],
    },
    goals: surveyed,
  },
} as const satisfies Record<string, World>

export type WorldName = keyof typeof worlds

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the names of a constant table
export const worldNames = Object.keys(worlds) as WorldName[]

export function worldNamed(name: string): World {
  const known = worldNames.find((one) => one === name)
  if (known === undefined) throw new Error(`--world takes ${worldNames.join(', ')}.`)
  return worlds[known]
}

/** The goals that the figures miss, in words. */
export function missedGoals(goals: Goals, figures: Figures): readonly string[] {
  const most = (name: 'wastedEarly' | 'wastedLearning' | 'wastedLater', words: string) => {
    const goal = goals[name]
    const figure = figures[name]
    return goal === undefined || figure === undefined || figure <= goal
      ? []
      : [`${words} ${inPercent(figure)}, at most ${inPercent(goal)}`]
  }
  return [
    ...(figures.ofOracle < goals.ofOracle
      ? [`of the oracle ${inPercent(figures.ofOracle)}, at least ${inPercent(goals.ofOracle)}`]
      : []),
    ...most('wastedEarly', 'wasted in two minutes'),
    ...most('wastedLearning', 'wasted on day 1'),
    ...most('wastedLater', 'wasted after'),
    ...(figures.avoidableErrors > 0
      ? [`${figures.avoidableErrors} avoidable errors, none allowed`]
      : []),
  ]
}

const inPercent = (share: number) => `${(share * 100).toFixed(2)} %`
