import type { Model } from '../models.ts'
import type { FakeQuota } from '../options.ts'
import { quotaExceeded } from '../projects/quota-error.ts'
import type { QuotaFamily } from '../projects/quota-error.ts'
import type { Project } from '../projects/registry.ts'
import type { ServerContext } from '../server-context.ts'
import { ApiError } from './api-error.ts'

export type QuotaUse = { family: QuotaFamily; project: Project; model: Model; tokens: number }

const closed: FakeQuota = { rpm: 0, rpd: 0 }
const counting: FakeQuota = { rpm: 3000 }
const unlimited: FakeQuota = {}

function quotaFor({ family, project, model }: QuotaUse): FakeQuota {
  const { quotas } = project
  if (family === 'count') {
    return quotas.get('countTokens') ?? (quotas.size === 0 ? unlimited : counting)
  }
  const own = quotas.get(model.id)
  if (own) return own
  if (model.paidOnly && project.paidModelsClosed) return closed
  return quotas.get('*') ?? unlimited
}

/** Counts one call, or throws the 429 that names all exceeded limits. */
export function takeQuota(context: ServerContext, use: QuotaUse): void {
  const quota = quotaFor(use)
  if (quota === unlimited) return
  const { family, project, model, tokens } = use
  const lane = `${family} ${project.id} ${model.id}`
  const violations = context.ledger.admit(lane, quota, tokens)
  if (violations.length === 0) return
  throw new ApiError(
    quotaExceeded({ family, tier: project.tier, model: model.id, violations }, context.random),
  )
}
