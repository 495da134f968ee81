import type { VerdictName } from '../../google/verdicts.ts'

/**
 * Something that is closed until a time. With `needsTrial` it is half-open after that: one call is the trial, and only its
 * success ends the cooldown. Lanes, projects, keys, models and the egress all close in this way.
 */
export type Cooldown = {
  readonly since: number
  readonly until: number
  readonly needsTrial: boolean
  /** A trial that has lasted this long no longer holds back the next one. */
  readonly trialTimeoutMs: number
  readonly trialSince: number | undefined
}

export type CooldownPlan = Omit<Cooldown, 'trialSince'>

/** `failing`: MAX_FAILURES reached. `suspect`: refused once; the next refusal marks it dead. `held-back`: many keys failed together. */
export type KeyCooldownReason = 'failing' | 'suspect' | 'held-back'
export type KeyCooldown = Cooldown & {
  readonly reason: KeyCooldownReason
  readonly verdict: VerdictName
}

export const laneCooldownKinds = [
  'quota',
  'quota-unknown',
  'quota-zero',
  'model-closed',
  'model-not-found',
] as const
export type LaneCooldownKind = (typeof laneCooldownKinds)[number]
export type LaneCooldown = Cooldown & {
  readonly kind: LaneCooldownKind
  readonly quotaIds: readonly string[]
  readonly message: string | undefined
}

export type SuspensionReason =
  | 'project-suspended'
  | 'service-disabled'
  | 'project-unfunded'
  | 'project-needs-billing'
export type Suspension = Cooldown & {
  readonly reason: SuspensionReason
  readonly message: string | undefined
  /** How often in a row its trial failed. */
  readonly level: number
}

export function createCooldown(plan: CooldownPlan): Cooldown {
  const { since, until, needsTrial, trialTimeoutMs } = plan
  return { since, until, needsTrial, trialTimeoutMs, trialSince: undefined }
}

/** When the next call may pass; `now` when it may pass at once. */
export function cooldownEndsAt(cooldown: Cooldown, now: number): number {
  if (now < cooldown.until) return cooldown.until
  if (!cooldown.needsTrial || cooldown.trialSince === undefined) return now
  return Math.max(now, cooldown.trialSince + cooldown.trialTimeoutMs)
}

/** Whether a trial is under way that holds back the next call. */
export function isTrialOut(cooldown: Cooldown, now: number): boolean {
  return now >= cooldown.until && cooldownEndsAt(cooldown, now) > now
}

type Trial = { trialSince: number | undefined }

export function startTrial(cooldown: Trial & Cooldown, now: number): void {
  cooldown.trialSince = now
}

/** Does nothing when a later trial has started. */
export function endTrial(cooldown: Trial & Cooldown, startedAt: number): void {
  if (cooldown.trialSince === startedAt) cooldown.trialSince = undefined
}
