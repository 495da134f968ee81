import type { DecisionView, ExplanationView, LaneView } from '@gemini-balance/contract'
import type { Decision, Explanation, LaneSnapshot } from '../../keys/views.ts'
import { maybeMoment, momentOf, momentOrNever } from '../moments.ts'

export function presentLane(lane: LaneSnapshot): LaneView {
  return {
    project: lane.project,
    lane: lane.lane,
    keys: lane.keys,
    status: lane.status,
    since: maybeMoment(lane.since),
    until: momentOrNever(lane.until),
    reason: lane.reason,
    quotaIds: lane.quotaIds,
    message: lane.message,
    limits: presentAmounts(lane.limits),
    learned: lane.learned && presentLearned(lane.learned),
    used: presentAmounts(lane.used),
    tokensLeft: knownAmount(lane.tokensLeft),
    inFlight: lane.inFlight,
  }
}

function presentAmounts(amounts: LaneSnapshot['limits']): LaneView['limits'] {
  return {
    minuteRequests: knownAmount(amounts.minuteRequests),
    minuteTokens: knownAmount(amounts.minuteTokens),
    dayRequests: knownAmount(amounts.dayRequests),
    dayTokens: knownAmount(amounts.dayTokens),
  }
}

function presentLearned(learned: NonNullable<LaneSnapshot['learned']>): LaneView['learned'] {
  const { minuteRequests, minuteTokens, dayRequests, dayTokens } = learned
  return {
    minuteRequests: presentLimit(minuteRequests),
    minuteTokens: presentLimit(minuteTokens),
    dayRequests: presentLimit(dayRequests),
    dayTokens: presentLimit(dayTokens),
  }
}

type Learned = NonNullable<LaneSnapshot['learned']>['dayTokens']
const presentLimit = (learned: Learned) =>
  learned && { limit: learned.limit, at: momentOf(learned.at), quotaId: learned.quotaId }

const knownAmount = (amount: number): number | null => (Number.isFinite(amount) ? amount : null)

export function presentExplanation(explanation: Explanation): ExplanationView {
  const { at, lane, tiers, lanes, chosen, reason } = explanation
  return {
    at: momentOf(at),
    lane,
    tiers: tiers.map(({ priority, paid, groups, unused, statusCounts }) => ({
      priority,
      paid,
      groups,
      unused,
      statusCounts,
    })),
    lanes: lanes.map(presentLane),
    chosen: chosen && presentChosen(chosen),
    reason: reason && presentReason(reason),
  }
}

function presentChosen({ key, project, choice, because }: NonNullable<Explanation['chosen']>) {
  return { key, project, choice, because }
}

function presentReason(reason: NonNullable<Explanation['reason']>): ExplanationView['reason'] {
  const { kind } = reason
  if (kind === 'exhausted') {
    return { kind, wakesAt: momentOrNever(reason.wakesAt), quotaIds: reason.quotaIds }
  }
  return 'wakesAt' in reason ? { kind, wakesAt: momentOrNever(reason.wakesAt) } : { kind }
}

export function presentDecision(decision: Decision): DecisionView {
  const { request, lane } = decision
  const at = momentOf(decision.at)
  switch (decision.kind) {
    case 'chosen': {
      const { kind, candidates, key, project, choice, trial } = decision
      return { kind, request, candidates, at, lane, key, project, choice, trial }
    }
    case 'refused': {
      const { kind, candidates, reason } = decision
      return { kind, request, candidates, at, lane, reason }
    }
    case 'settled': {
      const { kind, laneStatus, key, verdict, tookMs } = decision
      return { kind, request, laneStatus, at, lane, key, verdict, tookMs: Math.round(tookMs) }
    }
  }
}
