import type { QuotaViolation } from '../../google/outcome.ts'

export const limitNames = ['minuteRequests', 'minuteTokens', 'dayRequests', 'dayTokens'] as const
export type LimitName = (typeof limitNames)[number]

/** What a lane may take in each window; Infinity where nobody knows. */
export type Limits = Readonly<Record<LimitName, number>>
export type LimitOverrides = { readonly [name in LimitName]?: number | undefined }

/** A limit Google named, and when it did. */
export type LearnedLimit = { readonly limit: number; readonly at: number; readonly quotaId: string }
export type LearnedLimits = { [name in LimitName]?: LearnedLimit | undefined }

/** All of one shape: what gets its fields one by one, or loses one, is slow ever after. */
export function nothingLearned(): LearnedLimits {
  return {
    minuteRequests: undefined,
    minuteTokens: undefined,
    dayRequests: undefined,
    dayTokens: undefined,
  }
}

export const noLimits: Limits = {
  minuteRequests: Infinity,
  minuteTokens: Infinity,
  dayRequests: Infinity,
  dayTokens: Infinity,
}

/** Which limit a violation speaks of; undefined where Google does not say which window. */
export function limitNameOf({ unit, window }: QuotaViolation): LimitName | undefined {
  if (window === 'minute') return unit === 'requests' ? 'minuteRequests' : 'minuteTokens'
  if (window === 'day') return unit === 'requests' ? 'dayRequests' : 'dayTokens'
  return undefined
}

type Sources = {
  readonly operator: LimitOverrides | undefined
  readonly learned: LearnedLimits | undefined
}

/** The operator's word goes over what was learned. */
export function effectiveLimits({ operator, learned }: Sources): Limits {
  if (operator === undefined && learned === undefined) return noLimits
  const pick = (name: LimitName) => operator?.[name] ?? learned?.[name]?.limit ?? Infinity
  return {
    minuteRequests: pick('minuteRequests'),
    minuteTokens: pick('minuteTokens'),
    dayRequests: pick('dayRequests'),
    dayTokens: pick('dayTokens'),
  }
}
