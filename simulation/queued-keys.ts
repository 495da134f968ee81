import type { Outcome } from '../server/src/google/outcome.ts'
import type {
  KeyRequest,
  Keys,
  NoKeyReason,
  Reservation,
  ReserveResult,
} from '../server/src/keys/types.ts'
import type { Clock } from '../server/src/runtime/time/clock.ts'
import type { FleetKey } from './fleet.ts'

export type Taken = { readonly key: FleetKey; readonly model: string }
export type Take =
  | { readonly ok: true; readonly key: FleetKey }
  | { readonly ok: false; readonly opensAt: number }

/** How a policy that is not ours chooses keys: what it takes, and what it learns from the end of a call. */
export interface Strategy {
  take(wanted: KeyRequest, now: number): Take
  settled(taken: Taken, outcome: Outcome, now: number): void
}

type Waiter = {
  readonly wanted: KeyRequest
  readonly resolve: (result: ReserveResult) => void
  forget: () => void
}
type Line = { readonly waiters: Set<Waiter>; cancelPump: () => void }

const longestQueue = 1000

/** Puts a strategy behind the engine's port, with the same wait queue as the engine's: fair, bounded, first come first served. */
export function createQueuedKeys(strategy: Strategy, clock: Clock): Keys {
  const lines = new Map<string, Line>()
  const keys = new Map<number, FleetKey>()

  function reserve(wanted: KeyRequest): ReserveResult {
    const now = clock.now()
    const take = strategy.take(wanted, now)
    if (!take.ok) return { ok: false, reason: exhaustedUntil(take.opensAt) }
    keys.set(take.key.id, take.key)
    return { ok: true, reservation: reservationOf(take.key, wanted, now) }
  }

  /** Serves one waiter at a time: its call is counted before the next one is served. */
  function pump(line: Line): void {
    const now = clock.now()
    let opensAt = Infinity
    for (const waiter of line.waiters) {
      const result = reserve(waiter.wanted)
      if (result.ok) {
        finish(line, waiter, result)
        return pumpAt(line, now)
      }
      if ('wakesAt' in result.reason) opensAt = Math.min(opensAt, result.reason.wakesAt)
    }
    pumpAt(line, opensAt)
  }

  function pumpAt(line: Line, at: number): void {
    line.cancelPump()
    if (at !== Infinity && line.waiters.size > 0) line.cancelPump = clock.at(at, () => pump(line))
  }

  function finish(line: Line, waiter: Waiter, result: ReserveResult): void {
    waiter.forget()
    line.waiters.delete(waiter)
    waiter.resolve(result)
  }

  function enqueue(wanted: KeyRequest, deadline: number): Promise<ReserveResult> {
    const line: Line = lines.get(wanted.lane) ?? { waiters: new Set(), cancelPump: () => undefined }
    lines.set(wanted.lane, line)
    return new Promise((resolve) => {
      const waiter: Waiter = { wanted, resolve, forget: () => undefined }
      waiter.forget = clock.at(deadline, () => finish(line, waiter, reserve(wanted)))
      line.waiters.add(waiter)
      pump(line)
    })
  }

  return {
    reserve,
    wait(wanted, { maxWaitMs }) {
      const result = reserve(wanted)
      const deadline = clock.now() + maxWaitMs
      if (result.ok || !('wakesAt' in result.reason)) return Promise.resolve(result)
      const queued = lines.get(wanted.lane)?.waiters.size ?? 0
      if (result.reason.wakesAt > deadline || queued >= longestQueue) return Promise.resolve(result)
      return enqueue(wanted, deadline)
    },
    settle(reservation, outcome) {
      const key = keys.get(reservation.key)
      if (key) strategy.settled({ key, model: reservation.lane }, outcome, clock.now())
    },
    release: () => undefined,
  }
}

function exhaustedUntil(opensAt: number): NoKeyReason {
  if (opensAt === Infinity) return { kind: 'none-alive' }
  return { kind: 'exhausted', wakesAt: opensAt, quotaIds: [] }
}

function reservationOf(key: FleetKey, wanted: KeyRequest, now: number): Reservation {
  return {
    request: wanted.request,
    key: key.id,
    project: key.project.id,
    lane: wanted.lane,
    secret: key.secret,
    reservedAt: now,
    estimatedInputTokens: wanted.estimatedInputTokens,
    trial: false,
    choice: 'least-recently-used',
    ready: 0,
    groups: 0,
  }
}
