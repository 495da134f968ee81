import type { KeyId, ProjectId } from '../server/src/keys/types.ts'
import { Secret } from '../server/src/log/secret.ts'
import type { VerdictName } from '../server/src/google/verdicts.ts'
import { createRandom, pickWeighted } from './random.ts'
import type { Random } from '../server/src/runtime/time/clock.ts'

export const tiers = ['free', 'tier-1', 'tier-2'] as const
export type Tier = (typeof tiers)[number]

/** What a project of some tier may use of a model; undefined is no limit. */
export type Quota = {
  readonly requestsPerMinute: number
  readonly tokensPerMinute: number
  readonly requestsPerDay: number
}

export type ModelPlan = {
  readonly name: string
  /** `none`: Google says `limit: 0`. */
  readonly quotas: Readonly<Record<Tier, Quota | 'none'>>
  /** Input tokens: log-normal about this median. */
  readonly medianTokens: number
  readonly tokenSpread: number
  readonly maxTokens: number
  /** Share of the projects to which the model is closed ("no longer available to new users"). */
  readonly closedShare: number
}

/** A fleet in numbers; a seed makes keys and projects of it. */
export type FleetPlan = {
  readonly keys: number
  readonly projects: number
  /** Share of the projects in each tier. */
  readonly tiers: Readonly<Record<Tier, number>>
  /** Share of the keys that do not work, or stop working while the simulation runs. */
  readonly deadShare: number
  readonly models: readonly ModelPlan[]
}

/** A key or a project that fails for a while, or from some time on. Times are milliseconds after the start. */
export type Ailment = {
  readonly verdict: VerdictName
  readonly fromMs: number
  readonly untilMs: number
}

export type FleetProject = {
  readonly id: ProjectId
  readonly index: number
  readonly tier: Tier
  readonly ailment: Ailment | undefined
  readonly closedModels: ReadonlySet<string>
}

export type FleetKey = {
  readonly id: KeyId
  readonly secret: Secret
  readonly project: FleetProject
  readonly ailment: Ailment | undefined
}

export type Fleet = {
  readonly plan: FleetPlan
  readonly projects: readonly FleetProject[]
  readonly keys: readonly FleetKey[]
}

const dayMs = 86_400_000
const keyAilments: readonly VerdictName[] = [
  'key-invalid',
  'key-leaked',
  'key-blocked',
  'key-unauthenticated',
]
const projectAilments: readonly VerdictName[] = [
  'project-suspended',
  'service-disabled',
  'project-unfunded',
]

/** Of the dead keys, one in four belongs to a project that is dead as a whole. */
const deadWithProject = 0.25

export function buildFleet(plan: FleetPlan, seed: number): Fleet {
  const random = createRandom(seed)
  const count = Math.max(1, Math.min(plan.projects, plan.keys))
  const projects = Array.from({ length: count }, (_, index) => buildProject(plan, index, random))
  const keys: FleetKey[] = []
  for (let id = 1; id <= plan.keys; id += 1) {
    // Every project has a key; the others fall where they fall, so that some projects have many.
    const place = id <= count ? id - 1 : Math.floor(random() * random() * count)
    const project = projects[place]
    if (project === undefined) continue
    const dead = random() < plan.deadShare * (1 - deadWithProject)
    const ailment = dead ? forGood(keyAilments, random) : undefined
    keys.push({ id, secret: new Secret(`AQ.simulated-${id}`), project, ailment })
  }
  return { plan, projects, keys }
}

function buildProject(plan: FleetPlan, index: number, random: Random): FleetProject {
  const tier =
    tiers[
      pickWeighted(
        tiers.map((name) => plan.tiers[name]),
        random(),
      )
    ] ?? 'free'
  const dead = random() < plan.deadShare * deadWithProject
  const closed = plan.models.filter((model) => random() < model.closedShare)
  return {
    id: `projects/${100_001 + index}`,
    index,
    tier,
    ailment: dead ? forAWhile(random) : undefined,
    closedModels: new Set(closed.map((model) => model.name)),
  }
}

/** Most dead keys are dead from the start; some die on the way. */
function forGood(verdicts: readonly VerdictName[], random: Random): Ailment {
  const verdict = verdicts[Math.floor(random() * verdicts.length)] ?? 'key-invalid'
  return { verdict, fromMs: random() < 0.7 ? 0 : random() * dayMs, untilMs: Infinity }
}

/** A suspension may be a spending cap that somebody lifts. */
function forAWhile(random: Random): Ailment {
  const ailment = forGood(projectAilments, random)
  const lifted = random() < 0.3
  return { ...ailment, untilMs: lifted ? ailment.fromMs + random() * dayMs : Infinity }
}

export function isAiling(ailment: Ailment | undefined, sinceStartMs: number): ailment is Ailment {
  return ailment !== undefined && sinceStartMs >= ailment.fromMs && sinceStartMs < ailment.untilMs
}

export function quotaOf(model: ModelPlan, project: FleetProject): Quota | 'none' {
  return model.quotas[project.tier]
}

/** Answers a day that the fleet's quotas of one model allow, when its load is even. */
export function capacityPerDay(fleet: Fleet, model: ModelPlan): number {
  const alive = new Set(fleet.keys.filter((key) => !key.ailment).map((key) => key.project))
  const meanTokens = Math.min(
    model.maxTokens,
    model.medianTokens * Math.exp(model.tokenSpread ** 2 / 2),
  )
  let capacity = 0
  for (const project of alive) {
    const quota = quotaOf(model, project)
    if (quota === 'none' || project.ailment || project.closedModels.has(model.name)) continue
    const { requestsPerMinute, tokensPerMinute, requestsPerDay } = quota
    const perMinute = Math.min(requestsPerMinute, tokensPerMinute / meanTokens)
    capacity += Math.min(requestsPerDay, perMinute * 1440)
  }
  return capacity
}
