import type { QuotaViolation } from './outcome.ts'

export const limitNames = ['minuteRequests', 'minuteTokens', 'dayRequests', 'dayTokens'] as const
export type LimitName = (typeof limitNames)[number]

/** What a lane may take in each window; Infinity where nobody knows. */
export type Limits = Readonly<Record<LimitName, number>>
export type LimitOverrides = { readonly [name in LimitName]?: number | undefined }

/** A limit Google named, and when it did. */
export type LearnedLimit = { readonly limit: number; readonly at: number; readonly quotaId: string }
export type LearnedLimits = { [name in LimitName]?: LearnedLimit }

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

const shared = new Map<string, Limits>()
const sharedCap = 1024

/** The operator's word goes over what was learned. Lanes with the same limits share one object. */
export function effectiveLimits({ operator, learned }: Sources): Limits {
  if (operator === undefined && learned === undefined) return noLimits
  const pick = (name: LimitName) => operator?.[name] ?? learned?.[name]?.limit ?? Infinity
  const name = limitNames.map(pick).join()
  const known = shared.get(name)
  if (known) return known
  const limits = {
    minuteRequests: pick('minuteRequests'),
    minuteTokens: pick('minuteTokens'),
    dayRequests: pick('dayRequests'),
    dayTokens: pick('dayTokens'),
  }
  if (shared.size < sharedCap) shared.set(name, limits)
  return limits
}
