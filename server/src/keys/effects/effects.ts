import {
  modelOverloaded,
  noteAnswer,
  noteFailure,
  type Breaker,
  type Observation,
} from './breaker.ts'
import {
  blockLane,
  killKey,
  reopenLane,
  restKey,
  resumeProject,
  reviveKey,
  suspendProject,
} from './penalties.ts'
import { reviewLimits, spendQuota, unexplainedQuota, zeroQuota } from './quota.ts'
import type { Settlement } from './settlement.ts'
import type { VerdictName } from '../../google/verdicts.ts'
import type { EngineContext } from '../inventory/engine-context.ts'

type Effect = (scene: Settlement, world: EngineContext) => void
type Row = {
  /** Whether Google's quota counts the call; where it does not, the ledger gives it back. */
  readonly counted: boolean
  readonly apply: Effect
}

const nobodyIsHurt: Effect = () => {}

/** What each verdict does to keys, projects, lanes, the model and the way out. */
export const effects = {
  answered: { counted: true, apply: succeed },
  // Safety blocks are counted by Google and prove that key, project and lane work.
  'answer-withheld': { counted: true, apply: succeed },
  'answer-empty': { counted: true, apply: nobodyIsHurt },
  'stream-cut': { counted: true, apply: nobodyIsHurt },
  'client-left': { counted: true, apply: nobodyIsHurt },
  'timed-out': { counted: true, apply: nobodyIsHurt },
  'upstream-failed': { counted: false, apply: nobodyIsHurt },
  'request-refused': { counted: false, apply: nobodyIsHurt },
  'resource-denied': { counted: false, apply: nobodyIsHurt },
  'credentials-doubled': { counted: false, apply: nobodyIsHurt },
  'bearer-refused': { counted: false, apply: nobodyIsHurt },
  'key-invalid': { counted: false, apply: condemn },
  'key-unauthenticated': { counted: false, apply: suspectThenCondemn },
  'key-blocked': { counted: false, apply: condemn },
  'key-leaked': { counted: false, apply: (scene, world) => killKey(world, scene.key, scene) },
  'project-suspended': { counted: false, apply: suspend('project-suspended') },
  'service-disabled': { counted: false, apply: suspend('service-disabled') },
  'project-unfunded': { counted: false, apply: suspend('project-unfunded') },
  'project-needs-billing': { counted: false, apply: suspend('project-needs-billing') },
  'quota-spent': { counted: false, apply: spendQuota },
  'quota-zero': { counted: false, apply: zeroQuota },
  'quota-unknown': { counted: false, apply: unexplainedQuota },
  'model-closed': { counted: false, apply: closeModel },
  'model-not-found': { counted: false, apply: missModel },
  'model-overloaded': { counted: false, apply: overloadModel },
  'network-failed': { counted: false, apply: failEgress },
  // The other proxies lead out: neither key nor engine has a part in it.
  'proxy-failed': { counted: false, apply: nobodyIsHurt },
  'location-refused': { counted: false, apply: failEgress },
  'refusal-unknown': { counted: false, apply: countFailure },
} as const satisfies Record<VerdictName, Row>

/** Applies a verdict; the ledger was put right before. */
export function applyOutcome(scene: Settlement, world: EngineContext): void {
  const { verdict, status } = scene.outcome
  // Any answer of Google's proves the way out; but a refused location is a fault of the way out.
  if (status > 0 && verdict !== 'location-refused' && verdict !== 'network-failed') {
    if (noteAnswer(world.egress, sightingOf(scene), world.policy().egressBreaker.windowMs)) {
      world.emit({ kind: 'egress-recovered' })
    }
  }
  learnProject(scene, world)
  effects[verdict].apply(whereKeyIsNow(scene, world), world)
}

/** The verdict falls on the project the key turned out to belong to. */
function whereKeyIsNow(scene: Settlement, world: EngineContext): Settlement {
  const { project } = scene.key.seat
  const { table } = scene.lane
  if (project === scene.project || world.lanes.tables.get(table.name) !== table) return scene
  return { ...scene, project, lane: world.lanes.laneFor(table, project) }
}

/** Takes away what an answer disproves. What began after the call had left stands. */
export function succeed(scene: Settlement, world: EngineContext): void {
  const { key, lane, project, hold, now } = scene
  prove(scene, world)
  key.lastAnsweredAt = now
  key.streak = 0
  lane.ledger.answer(hold.note)
  if (project.paid !== true) lane.table.freeZeros = 0
  if (!lane.block) {
    lane.unexplained = 0
    lane.notFound = 0
  }
  reviewLimits(lane, now, world)
  if (lane.learned || project.limits) world.remember(lane)
  world.correlated.answered()
}

/** A good answer has begun: every gate this call passed as a trial opens. */
function prove(
  { key, lane, project, hold, now }: Omit<Settlement, 'outcome'>,
  world: EngineContext,
): void {
  const since = hold.reservedAt
  if (key.rest && key.rest.gate.since <= since) reviveKey(world, key)
  if (!key.rest) {
    key.restLevel = 0
    key.suspected = false
    key.spared = false
  }
  if (project.suspension && project.suspension.gate.since <= since) resumeProject(world, project)
  if (lane.block && lane.block.gate.since <= since) reopenLane(world, lane)
  const { modelBreaker } = world.policy()
  const sighting = { project: project.id, reservedAt: since, now }
  if (noteAnswer(world.modelBreaker(lane.table), sighting, modelBreaker.windowMs)) {
    world.emit({ kind: 'model-recovered', lane: lane.table.name })
  }
}

/** ErrorInfo names the project: Google's word, so the key moves there at once. An operator's own label stays. */
function learnProject({ key, outcome }: Settlement, world: EngineContext): void {
  const { consumer } = outcome
  if (consumer === undefined || consumer === key.seat.project.id) return
  const labelled = key.projectSource === 'operator' && !key.seat.project.id.startsWith('projects/')
  if (labelled) return
  world.fleet.move(key, { project: consumer, source: 'learned' })
  world.proposals.dismiss(key.id)
  world.emit({ kind: 'project-learned', key: key.id, project: consumer })
  world.touch.key(key)
}

function condemn(scene: Settlement, world: EngineContext): void {
  const { key, outcome, now } = scene
  const { punish, spare } = world.correlated.judge({ key, verdict: outcome.verdict, now })
  const held = { reason: 'held-back', forMs: world.policy().correlated.restMs } as const
  for (const one of spare) {
    reviveKey(world, one)
    one.spared = true
    restKey(world, one, { ...scene, ...held })
  }
  if (punish) return killKey(world, key, scene)
  key.spared = true
  restKey(world, key, { ...scene, ...held })
  const keys = [...spare, key].map(({ id }) => id)
  world.emit({ kind: 'failures-correlated', verdict: outcome.verdict, keys })
}

function suspectThenCondemn(scene: Settlement, world: EngineContext): void {
  const { key, hold } = scene
  if (key.rest && hold.reservedAt < key.rest.gate.since) return
  if (key.suspected) return condemn(scene, world)
  key.suspected = true
  restKey(world, key, { ...scene, reason: 'suspect', forMs: world.policy().suspectRestMs })
}

function suspend(
  reason: 'project-suspended' | 'service-disabled' | 'project-unfunded' | 'project-needs-billing',
): Effect {
  return (scene, world) => {
    const { suspensionMs, needsBillingMs } = world.policy()
    const forMs = reason === 'project-needs-billing' ? needsBillingMs : suspensionMs
    const { project } = scene.key.seat
    suspendProject(world, project, { ...scene, reason, forMs, reservedAt: scene.hold.reservedAt })
  }
}

function closeModel(scene: Settlement, world: EngineContext): void {
  blockLane(world, scene, {
    kind: 'model-closed',
    until: Infinity,
    needsTrial: false,
    quotaIds: [],
  })
}

function missModel(scene: Settlement, world: EngineContext): void {
  const { lane, hold, now } = scene
  if (lane.block && hold.reservedAt < lane.block.gate.since) return
  const { notFoundMs, notFoundCapMs } = world.policy()
  const forMs = Math.min(notFoundCapMs, notFoundMs * 2 ** lane.notFound)
  lane.notFound += 1
  blockLane(world, scene, {
    kind: 'model-not-found',
    until: now + forMs,
    needsTrial: true,
    quotaIds: [],
  })
}

function overloadModel(scene: Settlement, world: EngineContext): void {
  const { modelBreaker } = world.policy()
  const { table } = scene.lane
  const rule = { ...modelBreaker, trips: modelOverloaded }
  const gate = noteFailure(world.modelBreaker(table), sightingOf(scene), rule)
  if (gate) world.emit({ kind: 'model-overloaded', lane: table.name, until: gate.until })
}

function failEgress(scene: Settlement, world: EngineContext): void {
  const { egressBreaker } = world.policy()
  const projects = Math.min(egressBreaker.projects, world.fleet.projects.size)
  const trips = (egress: Breaker) =>
    egress.failures >= 3 && egress.answers === 0 && egress.projects.size >= projects
  const gate = noteFailure(world.egress, sightingOf(scene), { ...egressBreaker, trips })
  const { verdict } = scene.outcome
  if (gate) world.emit({ kind: 'egress-down', verdict, until: gate.until })
}

function countFailure(scene: Settlement, world: EngineContext): void {
  const { key, hold } = scene
  const { maxFailures, failingRestMs } = world.policy()
  if (key.rest && hold.reservedAt < key.rest.gate.since) return
  key.streak += 1
  if (key.streak < maxFailures) return
  const forMs = failingRestMs[Math.min(key.restLevel, failingRestMs.length - 1)] ?? 0
  key.restLevel += 1
  restKey(world, key, { ...scene, reason: 'failing', forMs })
}

function sightingOf({ hold, project, now }: Settlement): Observation {
  return { project: project.id, reservedAt: hold.reservedAt, now }
}
