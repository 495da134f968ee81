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

export type KeyUse = { readonly key: FleetKey; readonly model: string }
export type TakeResult =
  | { readonly ok: true; readonly key: FleetKey }
  | { readonly ok: false; readonly opensAt: number }

/** Key selection of the oracle and the rivals. */
export interface Strategy {
  take(wanted: KeyRequest, now: number): TakeResult
  settled(use: KeyUse, outcome: Outcome, now: number): void
}

type Waiter = {
  readonly wanted: KeyRequest
  readonly resolve: (result: ReserveResult) => void
  cancelTimeout: () => void
}
type WaitList = { readonly waiters: Set<Waiter>; cancelServe: () => void }

const maxQueueLength = 1000

/** Adds the engine's interface and wait queue to a strategy: bounded, first come, first served. */
export function createQueuedKeys(strategy: Strategy, clock: Clock): Keys {
  const waitLists = new Map<string, WaitList>()
  const keys = new Map<number, FleetKey>()

  function reserve(wanted: KeyRequest): ReserveResult {
    const now = clock.now()
    const take = strategy.take(wanted, now)
    if (!take.ok) return { ok: false, reason: exhaustedUntil(take.opensAt) }
    keys.set(take.key.id, take.key)
    return { ok: true, reservation: reservationOf(take.key, wanted, now) }
  }

  /** Serves one waiter at a time, so that each call is counted before the next. */
  function serve(waitList: WaitList): void {
    const now = clock.now()
    let opensAt = Infinity
    for (const waiter of waitList.waiters) {
      const result = reserve(waiter.wanted)
      if (result.ok) {
        finish(waitList, waiter, result)
        return serveAt(waitList, now)
      }
      if ('wakesAt' in result.reason) opensAt = Math.min(opensAt, result.reason.wakesAt)
    }
    serveAt(waitList, opensAt)
  }

  function serveAt(waitList: WaitList, at: number): void {
    waitList.cancelServe()
    if (at !== Infinity && waitList.waiters.size > 0)
      waitList.cancelServe = clock.at(at, () => serve(waitList))
  }

  function finish(waitList: WaitList, waiter: Waiter, result: ReserveResult): void {
    waiter.cancelTimeout()
    waitList.waiters.delete(waiter)
    waiter.resolve(result)
  }

  function enqueue(wanted: KeyRequest, deadline: number): Promise<ReserveResult> {
    const waitList: WaitList = waitLists.get(wanted.lane) ?? {
      waiters: new Set(),
      cancelServe: () => undefined,
    }
    waitLists.set(wanted.lane, waitList)
    return new Promise((resolve) => {
      const waiter: Waiter = { wanted, resolve, cancelTimeout: () => undefined }
      waiter.cancelTimeout = clock.at(deadline, () => finish(waitList, waiter, reserve(wanted)))
      waitList.waiters.add(waiter)
      serve(waitList)
    })
  }

  return {
    reserve,
    wait(wanted, { maxWaitMs }) {
      const result = reserve(wanted)
      const deadline = clock.now() + maxWaitMs
      if (result.ok || !('wakesAt' in result.reason)) return Promise.resolve(result)
      const queued = waitLists.get(wanted.lane)?.waiters.size ?? 0
      if (result.reason.wakesAt > deadline || queued >= maxQueueLength)
        return Promise.resolve(result)
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
