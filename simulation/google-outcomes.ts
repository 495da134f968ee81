import type { Outcome, QuotaViolation } from '../server/src/google/outcome.ts'
import type { VerdictName } from '../server/src/google/verdicts.ts'
import type { Tier } from './fleet.ts'
import type { ExceededQuota } from './lane-usage.ts'

export function answered(
  verdict: 'answered' | 'answer-withheld' | 'answer-empty',
  { inputTokens }: { readonly inputTokens: number },
): Outcome {
  return { verdict, status: 200, inputTokens }
}

const statuses: Partial<Record<VerdictName, number>> = {
  'request-refused': 400,
  'model-overloaded': 503,
  'upstream-failed': 500,
  'timed-out': 504,
  'refusal-unknown': 403,
}

export function failed(verdict: VerdictName): Outcome {
  return { verdict, status: statuses[verdict] ?? 0, message: `Simulated: ${verdict}.` }
}

export function keyRefused(verdict: VerdictName): Outcome {
  const status = verdict === 'key-invalid' ? 400 : verdict === 'key-unauthenticated' ? 401 : 403
  return { verdict, status, message: `Simulated: ${verdict}.` }
}

export function projectRefused(verdict: VerdictName, consumer: string): Outcome {
  if (verdict === 'project-unfunded') {
    return { verdict, status: 429, message: 'Your prepayment credits are depleted.' }
  }
  const reason = verdict === 'service-disabled' ? 'SERVICE_DISABLED' : 'CONSUMER_SUSPENDED'
  return { verdict, status: 403, message: `Simulated: ${verdict}.`, reason, consumer }
}

export function closedModel(model: string): Outcome {
  const message = `This model models/${model} is no longer available to new users.`
  return { verdict: 'model-closed', status: 404, message }
}

export function unknown429(): Outcome {
  const message = 'Resource has been exhausted (e.g. check quota).'
  return { verdict: 'quota-unknown', status: 429, message }
}

export function quotaZero(tier: Tier): Outcome {
  const violation = { unit: 'requests', window: 'day', limit: 0 } as const
  return {
    verdict: 'quota-zero',
    status: 429,
    message: 'Quota exceeded, limit: 0.',
    violations: [quotaViolation(violation, tier)],
  }
}

type Moment = {
  readonly now: number
  readonly tier: Tier
  /** Google's retryDelay for an exhausted daily quota: less than a minute. */
  readonly dailyDelayMs: number
}

/** For a daily quota retryAfterMs is less than a minute, as at Google. */
export function quotaSpent(exceeded: readonly ExceededQuota[], moment: Moment): Outcome {
  const { now, dailyDelayMs, tier } = moment
  const minutes = exceeded.filter(({ window }) => window === 'minute')
  const retryAfterMs = Math.max(
    minutes.length === 0 ? dailyDelayMs : 0,
    ...minutes.map(({ returnsAt }) => returnsAt - now),
  )
  return {
    verdict: 'quota-spent',
    status: 429,
    message: 'You exceeded your current quota.',
    reason: 'RESOURCE_EXHAUSTED',
    violations: exceeded.map((each) => quotaViolation(each, tier)),
    retryAfterMs: Math.ceil(retryAfterMs),
  }
}

function quotaViolation(
  { unit, window, limit }: Omit<ExceededQuota, 'returnsAt'>,
  tier: Tier,
): QuotaViolation {
  const per = window === 'day' ? 'PerDay' : 'PerMinute'
  const suffix = tier === 'free' ? '-FreeTier' : tier === 'tier-1' ? '-PaidTier1' : '-PaidTier2'
  const quotaId =
    unit === 'requests'
      ? `GenerateRequests${per}PerProjectPerModel${suffix}`
      : `GenerateContentInputTokensPerModel${per}${suffix}`
  return { quotaId, unit, window, limit, tier: tier === 'free' ? 'free' : 'paid' }
}
