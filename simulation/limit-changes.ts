import { pacificCalendar } from '../server/src/runtime/time/calendar.ts'
import type { ModelPlan, Quota, Tier } from './fleet.ts'

export type Limits = {
  readonly quota: Quota
  /** What a policy may know of: on the day of a change, the lower of both limits. */
  readonly known: Quota
  readonly until: number
}
export type LimitsAt = (now: number) => Limits

type Lane = {
  readonly quota: Quota
  readonly model: ModelPlan
  readonly tier: Tier
  readonly hour: number
  /** The start of a day. */
  readonly start: number
}

const hourMs = 3_600_000
const dayMs = 86_400_000

/** Google changes the limits at the given hour, and takes that back a day later. Undefined where nothing changes. */
export function limitChanges({ quota, model, tier, hour, start }: Lane): LimitsAt | undefined {
  const factor = model.limitFactors[tier]
  if (factor === 1) return undefined
  const changed = multiplied(quota, factor)
  const lower = factor < 1 ? changed : quota
  const first = start + hour * hourMs
  return (now) => {
    const changes = Math.max(0, Math.floor((now - first) / dayMs) + 1)
    const current = changes % 2 === 0 ? quota : changed
    const nextChange = first + changes * dayMs
    const midnight = changes === 0 ? now : pacificCalendar.nextDay(nextChange - dayMs)
    return midnight > now
      ? { quota: current, known: lower, until: Math.min(midnight, nextChange) }
      : { quota: current, known: current, until: nextChange }
  }
}

function multiplied(quota: Quota, factor: number): Quota {
  return {
    requestsPerMinute: Math.max(1, Math.round(quota.requestsPerMinute * factor)),
    tokensPerMinute: Math.round(quota.tokensPerMinute * factor),
    requestsPerDay: Math.max(1, Math.round(quota.requestsPerDay * factor)),
  }
}
