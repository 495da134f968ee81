/**
 * Something that is shut until a time. With `needsTrial` it is half-open after that: one call finds out, and only its
 * success opens the gate. Lanes, projects, keys, models and the egress all shut in this one way.
 */
export type Cooldown = {
  readonly since: number
  readonly until: number
  readonly needsTrial: boolean
  readonly patienceMs: number
  trialSince: number | undefined
}

export type GatePlan = Pick<Cooldown, 'since' | 'until' | 'needsTrial' | 'patienceMs'>

export function createGate({ since, until, needsTrial, patienceMs }: GatePlan): Cooldown {
  return { since, until, needsTrial, patienceMs, trialSince: undefined }
}

/** When the next call may pass; `now` when it may pass at once. */
export function gateOpensAt(gate: Cooldown, now: number): number {
  if (now < gate.until) return gate.until
  if (!gate.needsTrial || gate.trialSince === undefined) return now
  return Math.max(now, gate.trialSince + gate.patienceMs)
}

/** Whether a trial is out and still holds the next call back. */
export function isTrying(gate: Cooldown, now: number): boolean {
  return now >= gate.until && gateOpensAt(gate, now) > now
}
