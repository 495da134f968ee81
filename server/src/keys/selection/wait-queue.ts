import type { KeyRequest, NoKeyReason, ReserveResult } from '../types.ts'
import type { Clock } from '../../runtime/time/clock.ts'

type Deps = {
  readonly clock: Clock
  readonly length: () => number
  readonly reserve: (wanted: KeyRequest) => ReserveResult
  /** Why nothing could be reserved now, without reserving anything. */
  readonly peek: (wanted: KeyRequest) => NoKeyReason | undefined
  /** Whether waiting can help this request. */
  readonly hasHope: (wanted: KeyRequest) => boolean
}

type Waiter = {
  readonly wanted: KeyRequest
  readonly settle: (result: ReserveResult) => void
  /** One last try, whatever it gives. */
  readonly giveUp: () => void
}

type WaitList = { readonly waiters: Set<Waiter>; cancelTimer: (() => void) | undefined }

export type WaitOptions = { readonly maxWaitMs: number; readonly signal: AbortSignal }

/** First come, first served, per lane name. A request that can be served does not wait behind one that cannot. */
export type WaitQueue = {
  wait(wanted: KeyRequest, options: WaitOptions): Promise<ReserveResult>
  /** Tries again for the requests that wait for a lane, or for all when no lane is named. */
  wake(lane?: string): void
  close(): void
  readonly size: number
}

const soonestMs = 10

export function createWaitQueue(deps: Deps): WaitQueue {
  const lists = new Map<string, WaitList>()
  let size = 0

  function serve(lane: string, list: WaitList): void {
    const wakesAt = offer(deps, lane, list.waiters)
    arm(lane, list, Math.max(wakesAt, deps.clock.now() + soonestMs))
  }

  function arm(lane: string, list: WaitList, at: number): void {
    list.cancelTimer?.()
    list.cancelTimer = undefined
    if (list.waiters.size === 0) lists.delete(lane)
    else if (at !== Infinity) list.cancelTimer = deps.clock.at(at, () => serve(lane, list))
  }

  function join(wanted: KeyRequest, { maxWaitMs, signal }: WaitOptions): Promise<ReserveResult> {
    const list = lists.get(wanted.lane) ?? { waiters: new Set(), cancelTimer: undefined }
    lists.set(wanted.lane, list)
    return new Promise((resolve, reject) => {
      const leave = () => {
        list.waiters.delete(waiter)
        size -= 1
        cancelDeadline()
        signal.removeEventListener('abort', abort)
        if (list.waiters.size === 0) arm(wanted.lane, list, Infinity)
      }
      const waiter: Waiter = {
        wanted,
        settle(result) {
          leave()
          resolve(result)
        },
        giveUp: () => waiter.settle(deps.reserve(wanted)),
      }
      const abort = () => {
        leave()
        reject(signal.reason)
      }
      const cancelDeadline = deps.clock.at(deps.clock.now() + maxWaitMs, waiter.giveUp)
      signal.addEventListener('abort', abort, { once: true })
      list.waiters.add(waiter)
      size += 1
      if (list.cancelTimer === undefined) serve(wanted.lane, list)
    })
  }

  return {
    async wait(wanted, options) {
      options.signal.throwIfAborted()
      const ahead = lists.get(wanted.lane)
      // Earlier requests first.
      if (ahead) serve(wanted.lane, ahead)
      const result = deps.reserve(wanted)
      if (result.ok || !isWaitable(result.reason)) return result
      const inTime = result.reason.wakesAt <= deps.clock.now() + options.maxWaitMs
      if (!inTime || size >= deps.length() || !deps.hasHope(wanted)) return result
      return join(wanted, options)
    },
    wake(lane) {
      if (size === 0) return
      for (const [name, list] of lists) {
        if (lane === undefined || lane === name) serve(name, list)
      }
    },
    close() {
      for (const { waiters } of lists.values()) for (const waiter of waiters) waiter.giveUp()
    },
    get size() {
      return size
    },
  }
}

/** Serves those it can, in order. Returns when to try again. */
function offer(deps: Deps, lane: string, waiters: Iterable<Waiter>): number {
  let wakesAt = Infinity
  let refusedTokens = Infinity
  let mustPeek = true
  for (const { wanted, settle } of waiters) {
    if (wanted.estimatedInputTokens >= refusedTokens) continue
    // Every request needs at least this: where this is refused, the others need not be tried.
    const common = mustPeek && deps.peek({ lane, model: '', estimatedInputTokens: 1 })
    if (common && isWaitable(common)) {
      wakesAt = Math.min(wakesAt, common.wakesAt)
      break
    }
    const result = deps.reserve(wanted)
    mustPeek = result.ok
    if (result.ok || !isWaitable(result.reason)) settle(result)
    else {
      wakesAt = Math.min(wakesAt, result.reason.wakesAt)
      if (isPlain(wanted)) refusedTokens = wanted.estimatedInputTokens
    }
  }
  return wakesAt
}

type Waitable = Extract<NoKeyReason, { wakesAt: number }>

function isWaitable(reason: NoKeyReason): reason is Waitable {
  return 'wakesAt' in reason
}

function isPlain({
  owner,
  conversation,
  tried,
  triedProjects,
  paidOnly,
  bearerOnly,
}: KeyRequest): boolean {
  return (
    owner === undefined &&
    conversation === undefined &&
    !tried?.size &&
    !triedProjects?.size &&
    !paidOnly &&
    !bearerOnly
  )
}
