import type { KeyId, ProjectId } from '../server/src/keys/types.ts'
import { Secret } from '../server/src/log/secret.ts'
import type { VerdictName } from '../server/src/google/verdicts.ts'
import { createRandom, pickWeighted } from './random.ts'
import type { Random } from '../server/src/runtime/time/clock.ts'

export const tiers = ['free', 'tier-1', 'tier-2'] as const
export type Tier = (typeof tiers)[number]

/** The limits of a model for a tier; undefined means unlimited. */
export type Quota = {
  readonly requestsPerMinute: number
  readonly tokensPerMinute: number
  readonly requestsPerDay: number
}

export type ModelPlan = {
  readonly name: string
  /** `none` is Google's `limit: 0`. */
  readonly quotas: Readonly<Record<Tier, Quota | 'none'>>
  /** Input tokens have a log-normal distribution with this median. */
  readonly medianTokens: number
  readonly tokenSpread: number
  readonly maxTokens: number
  /** Share of the projects for which the model is "no longer available to new users". */
  readonly closedShare: number
  /** Google multiplies the limits by this at each change of limits, and takes it back at the next. */
  readonly limitFactors: Readonly<Record<Tier, number>>
}

/** Other programs of the operator, in the same projects. Google counts their calls; the engine cannot see them. */
export type SharingPlan = {
  readonly projectShare: number
  /** Share of the minute and day quotas that they spend. */
  readonly quotaShare: number
  /** They run in the same hours of each day. */
  readonly hoursPerDay: number
}

/** What Google's Files API withholds. */
export type FilesPlan = {
  /** Share of the keys that may not use files. */
  readonly refusedShare: number
  /** The longest time until a list shows a new file. */
  readonly behindMs: number
}

/** Parameters of a fleet; a seed generates its keys and projects. */
export type FleetPlan = {
  readonly keys: number
  readonly projects: number
  readonly fewestKeysPerProject: number
  readonly mostKeysPerProject: number
  /** Share of the projects in each tier. */
  readonly tiers: Readonly<Record<Tier, number>>
  /** Share of the keys that fail from the start or later. */
  readonly deadShare: number
  readonly models: readonly ModelPlan[]
  /** The hour of each day at which Google changes limits. */
  readonly limitChangeHour: number
  readonly sharing: SharingPlan
  readonly files: FilesPlan
}

/** When a key or project fails, in milliseconds after the start. */
export type KeyFailure = {
  readonly verdict: VerdictName
  readonly fromMs: number
  readonly untilMs: number
}

export type FleetProject = {
  readonly id: ProjectId
  readonly index: number
  readonly tier: Tier
  readonly failure: KeyFailure | undefined
  readonly closedModels: ReadonlySet<string>
}

export type FleetKey = {
  readonly id: KeyId
  readonly secret: Secret
  readonly project: FleetProject
  readonly failure: KeyFailure | undefined
}

export type Fleet = {
  readonly plan: FleetPlan
  readonly projects: readonly FleetProject[]
  readonly keys: readonly FleetKey[]
}

const dayMs = 86_400_000
const keyFailures: readonly VerdictName[] = [
  'key-invalid',
  'key-leaked',
  'key-blocked',
  'key-unauthenticated',
]
const projectFailures: readonly VerdictName[] = [
  'project-suspended',
  'service-disabled',
  'project-unfunded',
]

/** Share of the dead keys whose whole project is dead. */
const deadProjectShare = 0.25

export function buildFleet(plan: FleetPlan, seed: number): Fleet {
  const random = createRandom(seed)
  const count = Math.max(1, Math.min(plan.projects, plan.keys))
  const projects = Array.from({ length: count }, (_, index) => buildProject(plan, index, random))
  const keys: FleetKey[] = []
  const sizes = projects.map(() => 0)
  const even = count * plan.fewestKeysPerProject
  for (let id = 1; id <= plan.keys; id += 1) {
    // Each project has the fewest keys. The others are distributed unevenly, so that some projects have many.
    const wanted = id <= even ? (id - 1) % count : Math.floor(random() * random() * count)
    const place = placeWithRoom(sizes, wanted, plan.mostKeysPerProject)
    const project = projects[place]
    if (project === undefined) continue
    sizes[place] = (sizes[place] ?? 0) + 1
    const dead = random() < plan.deadShare * (1 - deadProjectShare)
    const failure = dead ? permanent(keyFailures, random) : undefined
    keys.push({ id, secret: new Secret(`AQ.simulated-${id}`), project, failure })
  }
  return { plan, projects, keys }
}

/** The wanted project, or the next one that is not full; the wanted one if all are. */
function placeWithRoom(sizes: readonly number[], wanted: number, most: number): number {
  for (let step = 0; step < sizes.length; step += 1) {
    const place = (wanted + step) % sizes.length
    if ((sizes[place] ?? 0) < most) return place
  }
  return wanted
}

function buildProject(plan: FleetPlan, index: number, random: Random): FleetProject {
  const tier =
    tiers[
      pickWeighted(
        tiers.map((name) => plan.tiers[name]),
        random(),
      )
    ] ?? 'free'
  const dead = random() < plan.deadShare * deadProjectShare
  const closed = plan.models.filter((model) => random() < model.closedShare)
  return {
    id: `projects/${100_001 + index}`,
    index,
    tier,
    failure: dead ? temporary(random) : undefined,
    closedModels: new Set(closed.map((model) => model.name)),
  }
}

/** Most dead keys are dead from the start; some die later. */
function permanent(verdicts: readonly VerdictName[], random: Random): KeyFailure {
  const verdict = verdicts[Math.floor(random() * verdicts.length)] ?? 'key-invalid'
  return { verdict, fromMs: random() < 0.7 ? 0 : random() * dayMs, untilMs: Infinity }
}

/** A suspension may end, such as a spending cap that is raised. */
function temporary(random: Random): KeyFailure {
  const failure = permanent(projectFailures, random)
  const lifted = random() < 0.3
  return { ...failure, untilMs: lifted ? failure.fromMs + random() * dayMs : Infinity }
}

export function isFailing(
  failure: KeyFailure | undefined,
  sinceStartMs: number,
): failure is KeyFailure {
  return failure !== undefined && sinceStartMs >= failure.fromMs && sinceStartMs < failure.untilMs
}

export function quotaOf(model: ModelPlan, project: FleetProject): Quota | 'none' {
  return model.quotas[project.tier]
}

/** Answers a day that the quotas of one model allow with an even load. */
export function capacityPerDay(fleet: Fleet, model: ModelPlan): number {
  return capacity(fleet, model, 1440)
}

/** Answers in a minute, before the quotas of the day are reached. */
export function capacityPerMinute(fleet: Fleet, model: ModelPlan): number {
  return capacity(fleet, model, 1)
}

function capacity(fleet: Fleet, model: ModelPlan, minutes: number): number {
  const alive = new Set(fleet.keys.filter((key) => !key.failure).map((key) => key.project))
  const meanTokens = Math.min(
    model.maxTokens,
    model.medianTokens * Math.exp(model.tokenSpread ** 2 / 2),
  )
  let answers = 0
  for (const project of alive) {
    const quota = quotaOf(model, project)
    if (quota === 'none' || project.failure || project.closedModels.has(model.name)) continue
    const { requestsPerMinute, tokensPerMinute, requestsPerDay } = quota
    const perMinute = Math.min(requestsPerMinute, tokensPerMinute / meanTokens)
    answers += Math.min(requestsPerDay, perMinute * minutes)
  }
  return answers
}
