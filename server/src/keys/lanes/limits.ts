import type { QuotaViolation } from '../../google/outcome.ts'
import type { LimitName, LimitOverrides } from '../types.ts'

/** What a lane may take in each window; Infinity where unknown. */
export type Limits = Readonly<Record<LimitName, number>>

/** A limit that Google named, and when. */
export type LearnedLimit = { readonly limit: number; readonly at: number; readonly quotaId: string }
export type LearnedLimits = { readonly [name in LimitName]: LearnedLimit | undefined }

/** All fields at once: objects that get or lose fields one by one are slow. */
export function nothingLearned(): { [name in LimitName]: LearnedLimit | undefined } {
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

/** What the operator set wins over what was learned. */
export function knownLimits({ operator, learned }: Sources): Limits {
  if (operator === undefined && learned === undefined) return noLimits
  const pick = (name: LimitName) => operator?.[name] ?? learned?.[name]?.limit ?? Infinity
  return {
    minuteRequests: pick('minuteRequests'),
    minuteTokens: pick('minuteTokens'),
    dayRequests: pick('dayRequests'),
    dayTokens: pick('dayTokens'),
  }
}

type Caution = {
  readonly guess: LimitOverrides | undefined
  /** Requests a minute that others seem to make. */
  readonly outside: number
}

/** Known limits with what is only supposed: a guess where nothing is known, less what others use. */
export function cautiousLimits(known: Limits, { guess, outside }: Caution): Limits {
  if (guess === undefined && outside === 0) return known
  const pick = (name: LimitName) =>
    known[name] === Infinity ? (guess?.[name] ?? Infinity) : known[name]
  const minuteRequests = pick('minuteRequests')
  return {
    // Never nothing: the lane must notice when the others have ended.
    minuteRequests: outside === 0 ? minuteRequests : Math.max(1, minuteRequests - outside),
    minuteTokens: pick('minuteTokens'),
    dayRequests: pick('dayRequests'),
    dayTokens: pick('dayTokens'),
  }
}
