/**
 * Something that is shut until a time. With `needsTrial` it is half-open after that: one call finds out, and only its
 * success opens the gate. Lanes, projects, keys, models and the egress all shut in this one way.
 */
export type Gate = {
  readonly since: number
  readonly until: number
  readonly needsTrial: boolean
  readonly patienceMs: number
  trialSince: number | undefined
}

export type GatePlan = Pick<Gate, 'since' | 'until' | 'needsTrial' | 'patienceMs'>

export function createGate({ since, until, needsTrial, patienceMs }: GatePlan): Gate {
  return { since, until, needsTrial, patienceMs, trialSince: undefined }
}

/** When the next call may pass; `now` when it may pass at once. */
export function gateOpensAt(gate: Gate, now: number): number {
  if (now < gate.until) return gate.until
  if (!gate.needsTrial || gate.trialSince === undefined) return now
  return Math.max(now, gate.trialSince + gate.patienceMs)
}

/** Whether a trial is out and still holds the next call back. */
export function isTrying(gate: Gate, now: number): boolean {
  return now >= gate.until && gateOpensAt(gate, now) > now
}
