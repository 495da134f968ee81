import type { ModelPlan, Quota, Tier } from './fleet.ts'

/** The limits of a lane at a time, and until when they hold. */
export type LimitsAt = (now: number) => { readonly quota: Quota; readonly until: number }

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
  const first = start + hour * hourMs
  return (now) => {
    const changes = Math.floor((now - first) / dayMs) + 1
    return { quota: changes % 2 === 0 ? quota : changed, until: first + changes * dayMs }
  }
}

function multiplied(quota: Quota, factor: number): Quota {
  return {
    requestsPerMinute: Math.max(1, Math.round(quota.requestsPerMinute * factor)),
    tokensPerMinute: Math.round(quota.tokensPerMinute * factor),
    requestsPerDay: Math.max(1, Math.round(quota.requestsPerDay * factor)),
  }
}
