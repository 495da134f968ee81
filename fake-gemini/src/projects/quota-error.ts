import type { FakeTier } from '../options.ts'
import { shuffled } from '../random.ts'
import type { Random } from '../random.ts'
import { help, quotaFailure, retryInfo, service } from '../wire/google-error.ts'
import type { GoogleError } from '../wire/google-error.ts'
import type { QuotaKind, Violation } from './quota-ledger.ts'

/** Google counts these kinds of calls separately. */
export type QuotaFamily = 'generate' | 'embed' | 'count'

export type QuotaRefusal = {
  family: QuotaFamily
  tier: FakeTier
  model: string
  violations: readonly Violation[]
}

type Name = { metric: string; id: string }

const documentation = 'https://ai.google.dev/gemini-api/docs/rate-limits'
const isDaily = (kind: QuotaKind): boolean => kind === 'rpd' || kind === 'tpd'
const countsTokens = (kind: QuotaKind): boolean => kind === 'tpm' || kind === 'tpd'

function quotaName(family: QuotaFamily, tier: FakeTier, kind: QuotaKind): Name {
  const per = isDaily(kind) ? 'PerDay' : 'PerMinute'
  if (family === 'count') {
    return { metric: 'count_tokens_requests', id: `CountTokensRequests${per}PerProjectPerModel` }
  }
  const free = tier === 'free'
  if (family === 'embed') {
    const suffix = free ? '-FreeTier' : ''
    return {
      metric: free ? 'embed_content_free_tier_requests' : 'embed_content_paid_tier_requests',
      id: `EmbedContentRequests${per}PerUserPerProjectPerModel${suffix}`,
    }
  }
  if (countsTokens(kind)) return tokenQuotaName(tier, per)
  if (free) {
    return {
      metric: 'generate_content_free_tier_requests',
      id: `GenerateRequests${per}PerProjectPerModel-FreeTier`,
    }
  }
  return {
    metric: isDaily(kind) ? 'generate_requests_per_model_per_day' : 'generate_requests_per_model',
    id: `GenerateRequests${per}PerProjectPerModel`,
  }
}

function tokenQuotaName(tier: FakeTier, per: string): Name {
  if (tier === 'free') {
    return {
      metric: 'generate_content_free_tier_input_token_count',
      id: `GenerateContentInputTokensPerModel${per}-FreeTier`,
    }
  }
  const level = tier.slice('paid'.length)
  return {
    metric: `generate_content_paid_tier_${level}_input_token_count`,
    id: `GenerateContentPaidTierInputTokensPerModel${per}-PaidTier${level}`,
  }
}

/** For an exhausted day Google still gives less than a minute. */
function retryDelayMs(violations: readonly Violation[], random: Random): number {
  const minute = violations.filter(({ kind }) => !isDaily(kind)).map(({ freeInMs }) => freeInMs)
  return minute.length > 0 ? Math.max(...minute, 1) : 1000 + random() * 58_000
}

export function quotaExceeded(refusal: QuotaRefusal, random: Random): GoogleError {
  const { model, violations } = refusal
  const named = violations.map((violation) => ({
    ...violation,
    ...quotaName(refusal.family, refusal.tier, violation.kind),
  }))
  const seconds = retryDelayMs(violations, random) / 1000
  const lines = named.map(
    ({ metric, limit }) =>
      `\n* Quota exceeded for metric: ${service}/${metric}, limit: ${limit}, model: ${model}`,
  )
  // Google's RetryInfo for token quotas has a shorter delay than its message.
  const retrySeconds = violations.some(({ kind }) => countsTokens(kind)) ? seconds / 3 : seconds
  const message = `You exceeded your current quota, please check your plan and billing details. For more information on this error, head to: ${documentation}. To monitor your current usage, head to: https://ai.dev/rate-limit. ${lines.join('')}\nPlease retry in ${Number(seconds.toFixed(9))}s.`
  const details = [
    help('Learn more about Gemini API quotas', documentation),
    quotaFailure(
      named.map(({ metric, id, limit }) => ({
        quotaMetric: `${service}/${metric}`,
        quotaId: id,
        quotaDimensions: { location: 'global', model },
        // proto3 JSON omits zeros.
        ...(limit === 0 ? {} : { quotaValue: String(limit) }),
      })),
    ),
    retryInfo(`${Math.floor(retrySeconds)}s`),
  ]
  return {
    code: 429,
    message,
    status: 'RESOURCE_EXHAUSTED',
    details: shuffled(details, random),
    verdict: `quota:${violations.map(({ kind }) => kind).join('+')}`,
  }
}
