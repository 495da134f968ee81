import { setTimeout as sleep } from 'node:timers/promises'
import type { Outcome } from '../google/outcome.ts'
import type { UpstreamCall } from '../google/upstream-call.ts'
import type { LaneStatus } from '../keys/lane-status.ts'
import type {
  KeyId,
  KeyRequest,
  Keys,
  NoKeyReason,
  ProjectId,
  Reservation,
  ReserveResult,
} from '../keys/types.ts'
import type { ClientSignal } from '../runtime/streams/client-signal.ts'
import type { Clock } from '../runtime/time/clock.ts'
import { finalOutcome, mayShowClient } from './answer.ts'
import type { AttemptOptions } from './attempt.ts'
import type { InspectedAnswer } from './hold-back/exchange.ts'
import {
  freshRetryState,
  nextStep,
  type NextStep,
  type RetryLimits,
  type RetryState,
} from './next-step.ts'
import type { AttemptReport, GatewayObserver, WaitEnd } from './observer.ts'
import type { Receiver } from './receiver.ts'
import type { GatewayRequest } from './request.ts'

export type ForwardLimits = RetryLimits & {
  /** How long a request may wait for a key. */
  readonly queueMaxWaitMs: number
  /** Time limit to the first byte, over all attempts, and between two bytes after that. */
  readonly timeOutMs: number
}

export type ForwardDeps = {
  readonly keys: Keys
  readonly attempt: (call: UpstreamCall, options: AttemptOptions) => Promise<InspectedAnswer>
  readonly limits: () => ForwardLimits
  readonly observers: readonly GatewayObserver[]
  readonly clock: Pick<Clock, 'now'>
}

export type ForwardResult = {
  readonly attempts: number
  /** The outcome of the last attempt. */
  readonly last: Outcome | undefined
}

/** A request between two attempts. */
type Progress = {
  readonly retryState: RetryState
  readonly number: number
  readonly key: KeyRequest
  readonly last: InspectedAnswer | undefined
}

/** Serves one request: reserve a key, attempt, settle, then deliver the answer or retry. */
export async function forward(
  deps: ForwardDeps,
  request: GatewayRequest,
  receiver: Receiver,
): Promise<ForwardResult> {
  const limits = deps.limits()
  const deadline = deps.clock.now() + Math.min(limits.timeOutMs, request.patienceMs ?? Infinity)
  let progress: Progress = {
    retryState: freshRetryState,
    number: 1,
    key: request.key,
    last: undefined,
  }

  while (!receiver.signal.aborted) {
    const reserved = await reserve(deps, progress.key, {
      maxWaitMs: request.mayWait === false ? 0 : limits.queueMaxWaitMs,
      deadline,
      signal: receiver.signal,
    })
    if (reserved === undefined) break
    if (!reserved.ok) return giveUp(receiver, progress, reserved.reason)

    const { reservation } = reserved
    const startedAt = deps.clock.now()
    const inspected = await deps.attempt(request.call, {
      secret: reservation.secret,
      timeouts: { firstByteMs: wholeSeconds(deadline - startedAt), idleMs: limits.timeOutMs },
      signal: receiver.signal,
    })
    const laneStatus = deps.keys.settle(reservation, inspected.outcome)
    const step = nextStep(inspected.outcome, progress.retryState, limits)
    const { number } = progress
    const finished = { request, number, reservation, startedAt, inspected, laneStatus }
    if (!('retryState' in step) || deps.clock.now() >= deadline) {
      return finish(deps, receiver, finished)
    }

    report(deps, finished, inspected)
    progress = afterAttempt(progress, finished, step)
    if (step.step === 'again') await pause(step.delayMs, receiver.signal)
  }
  return resultOf(progress)
}

type FinishedAttempt = {
  readonly request: GatewayRequest
  readonly number: number
  readonly reservation: Reservation
  readonly startedAt: number
  readonly inspected: InspectedAnswer
  readonly laneStatus: LaneStatus | undefined
}

const resultOf = ({ number, last }: Progress): ForwardResult => ({
  attempts: number - 1,
  last: last?.outcome,
})

type WaitOptions = {
  readonly maxWaitMs: number
  readonly deadline: number
  readonly signal: ClientSignal
}

/** Reserves a key, or waits for one until the limit or the deadline. Undefined when the client disconnects. */
async function reserve(
  deps: ForwardDeps,
  keyRequest: KeyRequest,
  { maxWaitMs, deadline, signal }: WaitOptions,
): Promise<ReserveResult | undefined> {
  const now = deps.keys.reserve(keyRequest)
  if (now.ok || !('wakesAt' in now.reason)) return now
  const startedAt = deps.clock.now()
  const waitMs = Math.min(maxWaitMs, deadline - startedAt)
  if (waitMs <= 0) return now
  let end: WaitEnd = 'left'
  try {
    const result = await deps.keys.wait(keyRequest, {
      maxWaitMs: waitMs,
      signal: signal.abortSignal,
    })
    end = result.ok ? 'served' : 'refused'
    return result
  } catch (error) {
    if (signal.aborted) return undefined
    throw error
  } finally {
    const durationMs = deps.clock.now() - startedAt
    for (const observer of deps.observers) observer.waited?.(durationMs, end)
  }
}

/** The request for the next attempt, excluding keys or projects that already failed. */
function afterAttempt(
  progress: Progress,
  { reservation, inspected }: FinishedAttempt,
  next: Extract<NextStep, { retryState: RetryState }>,
): Progress {
  const { key } = progress
  const step = { retryState: next.retryState, number: progress.number + 1, last: inspected }
  progress.last?.answer?.discard()
  switch (next.step) {
    case 'another-key':
      return { ...step, key: { ...key, tried: withAdded(key.tried, reservation.key) } }
    case 'another-project':
      return {
        ...step,
        key: { ...key, triedProjects: withAdded(key.triedProjects, reservation.project) },
      }
    case 'again': {
      // A retry is more likely to succeed on another key, so the conversation gives up its own.
      const { conversation: _dropped, ...unbound } = key
      return { ...step, key: unbound }
    }
  }
}

function withAdded<T extends KeyId | ProjectId>(set: ReadonlySet<T> | undefined, one: T): Set<T> {
  return new Set(set).add(one)
}

/** Rounded up: undici creates a timer for each distinct time-out. */
function wholeSeconds(ms: number): number {
  return Math.max(1, Math.ceil(ms / 1000)) * 1000
}

/** Ends early when the client disconnects. */
async function pause(delayMs: number, { abortSignal }: ClientSignal): Promise<void> {
  if (delayMs > 0) {
    await sleep(delayMs, undefined, { signal: abortSignal }).catch(() => undefined)
  }
}

/** Ends a request with its last attempt: delivers the answer if the client may see it. */
async function finish(
  deps: ForwardDeps,
  receiver: Receiver,
  finished: FinishedAttempt,
): Promise<ForwardResult> {
  const { outcome, answer } = finished.inspected
  if (outcome.verdict === 'client-left') return report(deps, finished, { outcome })
  if (answer === undefined || !mayShowClient(outcome)) {
    answer?.discard()
    const result = report(deps, finished, { outcome })
    receiver.fail(outcome)
    return result
  }
  const end = await receiver.deliver(answer)
  return report(deps, finished, {
    outcome: finalOutcome(outcome, end, receiver.signal.aborted),
    usage: answer.usage(),
  })
}

/** Ends a request without a key: delivers the last answer if the client may see it, else refuses. */
async function giveUp(
  receiver: Receiver,
  progress: Progress,
  reason: NoKeyReason,
): Promise<ForwardResult> {
  const { last } = progress
  if (last?.answer !== undefined && mayShowClient(last.outcome)) {
    await receiver.deliver(last.answer)
  } else receiver.refuse(reason)
  return resultOf(progress)
}

type AttemptEnd = Pick<AttemptReport, 'outcome'> & Partial<Pick<AttemptReport, 'usage'>>

function report(
  { observers, clock }: ForwardDeps,
  finished: FinishedAttempt,
  { outcome, usage }: AttemptEnd,
): ForwardResult {
  const { request, number, reservation, startedAt, inspected, laneStatus } = finished
  const attempted: AttemptReport = {
    request,
    number,
    reservation,
    startedAt,
    durationMs: clock.now() - startedAt,
    firstByteMs: inspected.firstByteMs,
    outcome,
    laneStatus,
    usage,
  }
  for (const observer of observers) observer.attempted?.(attempted)
  return { attempts: number, last: outcome }
}
