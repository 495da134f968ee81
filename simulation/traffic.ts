import type { Random } from '../server/src/runtime/time/clock.ts'
import type { FaultPlan } from './faults.ts'
import { capacityPerDay, capacityPerMinute, type Fleet, type ModelPlan } from './fleet.ts'
import { createRandom, normal } from './random.ts'

export type TrafficPlan = {
  /** Requests of a day, divided by the quotas of the fleet: 0.5 to 1.5. */
  readonly load: number
  /** Amplitude of the daily curve: 0 is flat, 1 falls to zero at night. */
  readonly dailySwing: number
  /** Bursts of 1 to 10 minutes, per model. */
  readonly burstsPerDay: number
  readonly burstFactor: number
  /** Share of the requests that belong to a conversation. */
  readonly conversationShare: number
  /** Requests asked as the program starts, divided by what the minute quotas of the fleet allow. */
  readonly coldStart: number
  readonly faults: FaultPlan
}

export type Arrival = {
  readonly at: number
  readonly index: number
  readonly model: string
  readonly inputTokens: number
  /** The gateway's estimate before Google counts. */
  readonly estimatedInputTokens: number
  readonly conversation: string | undefined
}

export type TrafficSpan = {
  readonly seed: number
  readonly start: number
  readonly durationMs: number
}

const dayMs = 86_400_000
const coldStartSalt = 0x51ed270b
const conversationsAtOnce = 50
const turnsPerConversation = 8

/** All requests in order of arrival. A generator, so that a week of them need not fit in memory. */
export function* arrivals(fleet: Fleet, plan: TrafficPlan, span: TrafficSpan): Generator<Arrival> {
  const sources = fleet.plan.models.flatMap((model, index) => {
    const ofModel = { fleet, plan, model, span: { ...span, seed: span.seed * 613 + index } }
    return plan.coldStart > 0
      ? [createSource(ofModel), createColdStart(ofModel)]
      : [createSource(ofModel)]
  })
  for (let index = 0; ; index += 1) {
    let first = sources[0]
    for (const source of sources) if (first && source.nextAt < first.nextAt) first = source
    if (first === undefined || first.nextAt >= span.start + span.durationMs) return
    yield first.take(index)
  }
}

type Source = { nextAt: number; take(index: number): Arrival }
type SourcePlan = {
  readonly fleet: Fleet
  readonly plan: TrafficPlan
  readonly model: ModelPlan
  readonly span: TrafficSpan
}

/** Poisson arrivals with a rate that follows the daily curve and the bursts. */
function createSource({ fleet, plan, model, span }: SourcePlan): Source {
  const random = createRandom(span.seed)
  const perDay = plan.load * capacityPerDay(fleet, model)
  const bursts = planBursts(plan, span, random)
  const burstLift = (plan.burstsPerDay * meanBurstMs * (plan.burstFactor - 1)) / dayMs
  const meanPerMs = perDay / (1 + burstLift) / dayMs
  const peakPerMs = meanPerMs * (1 + plan.dailySwing) * plan.burstFactor
  const phase = random()
  const conversations = createConversations(model.name, random)
  let burst = 0

  const rateAt = (at: number) => {
    const swing = 1 + plan.dailySwing * Math.sin(2 * Math.PI * ((at - span.start) / dayMs + phase))
    while ((bursts[burst]?.until ?? Infinity) <= at) burst += 1
    const factor = (bursts[burst]?.from ?? Infinity) <= at ? plan.burstFactor : 1
    return meanPerMs * swing * factor
  }
  const nextAfter = (from: number) => {
    let at = from
    if (peakPerMs <= 0) return Infinity
    do at += -Math.log(1 - random()) / peakPerMs
    while (random() * peakPerMs > rateAt(at) && at < span.start + span.durationMs)
    return at
  }

  const source: Source = {
    nextAt: nextAfter(span.start),
    take(index) {
      const at = source.nextAt
      source.nextAt = nextAfter(at)
      const tokens = drawTokens(model, random)
      const conversation = random() < plan.conversationShare ? conversations() : undefined
      return { at, index, model: model.name, ...tokens, conversation }
    },
  }
  return source
}

function drawTokens(model: ModelPlan, random: Random) {
  const deviation = normal(random(), random())
  const wanted = model.medianTokens * Math.exp(model.tokenSpread * deviation)
  const inputTokens = Math.round(Math.min(model.maxTokens, Math.max(10, wanted)))
  // About the error of counting characters.
  const estimateError = Math.exp(0.12 * normal(random(), random()))
  return { inputTokens, estimatedInputTokens: Math.max(1, Math.round(inputTokens * estimateError)) }
}

/** Clients that waited for the program: a fifth of a minute's requests in its first half second, half in eight seconds. */
function createColdStart({ fleet, plan, model, span }: SourcePlan): Source {
  const random = createRandom(span.seed ^ coldStartSalt)
  const count = Math.round(plan.coldStart * capacityPerMinute(fleet, model))
  const times = Array.from({ length: count }, () => span.start + random() ** 3 * 60_000)
  const sorted = times.toSorted((a, b) => a - b)
  let taken = 0
  const source: Source = {
    nextAt: sorted[0] ?? Infinity,
    take(index) {
      const at = source.nextAt
      taken += 1
      source.nextAt = sorted[taken] ?? Infinity
      const tokens = drawTokens(model, random)
      return { at, index, model: model.name, ...tokens, conversation: undefined }
    },
  }
  return source
}

const shortestBurstMs = 60_000
const longestBurstMs = 600_000
const meanBurstMs = (shortestBurstMs + longestBurstMs) / 2

function planBursts(plan: TrafficPlan, span: TrafficSpan, random: Random) {
  const days = span.durationMs / dayMs
  const count = Math.round(plan.burstsPerDay * days)
  const bursts = Array.from({ length: count }, () => {
    const from = span.start + random() * span.durationMs
    return {
      from,
      until: from + shortestBurstMs + random() * (longestBurstMs - shortestBurstMs),
    }
  })
  return bursts.toSorted((a, b) => a.from - b.from)
}

/** Returns the name of one of the open conversations. */
function createConversations(model: string, random: Random): () => string {
  let begun = 0
  const conversations: { name: string; turns: number }[] = []
  return () => {
    const place = Math.floor(random() * conversationsAtOnce)
    let conversation = conversations[place]
    if (conversation === undefined || conversation.turns >= turnsPerConversation) {
      begun += 1
      conversation = { name: `${model}#${begun}`, turns: 0 }
      conversations[place] = conversation
    }
    conversation.turns += 1
    return conversation.name
  }
}
