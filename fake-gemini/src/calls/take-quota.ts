import type { Model } from '../models.ts'
import type { FakeQuota } from '../options.ts'
import { quotaExceeded } from '../projects/quota-error.ts'
import type { QuotaFamily } from '../projects/quota-error.ts'
import type { Project } from '../projects/registry.ts'
import type { World } from '../world.ts'
import { Refusal } from './refusal.ts'

export type Taking = { family: QuotaFamily; project: Project; model: Model; tokens: number }

const closed: FakeQuota = { rpm: 0, rpd: 0 }
const counting: FakeQuota = { rpm: 3000 }
const unlimited: FakeQuota = {}

function quotaFor({ family, project, model }: Taking): FakeQuota {
  const { quotas } = project
  if (family === 'count') {
    return quotas.get('countTokens') ?? (quotas.size === 0 ? unlimited : counting)
  }
  const own = quotas.get(model.id)
  if (own) return own
  if (model.paidOnly && project.paidModelsClosed) return closed
  return quotas.get('*') ?? unlimited
}

/** Uses up the quota of one call, or throws the 429 that names every limit in its way. */
export function takeQuota(world: World, taking: Taking): void {
  const quota = quotaFor(taking)
  if (quota === unlimited) return
  const { family, project, model, tokens } = taking
  const lane = `${family} ${project.id} ${model.id}`
  const violations = world.ledger.admit(lane, quota, tokens)
  if (violations.length === 0) return
  throw new Refusal(
    quotaExceeded({ family, tier: project.tier, model: model.id, violations }, world.random),
  )
}
