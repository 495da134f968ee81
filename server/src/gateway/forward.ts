import { setTimeout as pause } from 'node:timers/promises'
import type { Outcome } from '../google/outcome.ts'
import type {
  KeyRequest,
  KeyId,
  Keys,
  ProjectId,
  NoKeyReason,
  Reservation,
  ReserveResult,
} from '../keys/types.ts'
import type { Clock } from '../runtime/clock.ts'
import type { Admission } from '../auth/clients/admission.ts'
import type { AttemptOptions } from './attempt.ts'
import type { UpstreamCall } from '../google/upstream-call.ts'
import type { Usage } from '../google/answers/usage-metadata.ts'
import {
  nextStep,
  freshRetryState,
  type NextStep,
  type RetryLimits,
  type RetryState,
} from './next-step.ts'
import type { InspectedAnswer } from './hold-back/exchange.ts'
import type { ClientSignal } from '../runtime/client-signal.ts'
import type { Receiver } from './receiver.ts'
import { finalOutcome, mayShowClient } from './may-show-client.ts'
import type { LaneStatus } from '../keys/lane-status.ts'

export type ForwardLimits = RetryLimits & {
  /** How long a request may wait for a lane to wake. */
  readonly queueMaxWaitMs: number
  /** How long a request may take to its first byte, all attempts together, and between any two bytes after that. */
  readonly timeOutMs: number
}

/** What became of one attempt, for the request log. */
export type AttemptReport = {
  readonly request: GatewayRequest
  readonly number: number
  readonly reservation: Reservation
  readonly startedAt: number
  readonly durationMs: number
  readonly firstByteMs: number | undefined
  readonly outcome: Outcome
  /** How the lane stood after the outcome was known. */
  readonly standing: LaneStatus | undefined
  /** Of an answer that was delivered. */
  readonly usage: Usage | undefined
}

export type ForwardDeps = {
  readonly keys: Keys
  readonly attempt: (call: UpstreamCall, options: AttemptOptions) => Promise<InspectedAnswer>
  readonly limits: () => ForwardLimits
  /** Whether the client may have an answer, by the rules of the gateway's own. */
  readonly admit: (request: GatewayRequest) => Admission
  readonly report: (report: AttemptReport) => void
  readonly clock: Pick<Clock, 'now'>
}

export type GatewayRequest = {
  readonly id: string
  readonly ask: KeyRequest
  readonly call: UpstreamCall
  /** Milliseconds the client itself is willing to wait, where it says so. */
  readonly patienceMs: number | undefined
  readonly labels: RequestLabels
  /** Whether it may wait for a key; false where there is another way to serve it at once. */
  readonly waits?: boolean
}

/** What the request log says of a request beside its attempts. */
export type RequestLabels = {
  readonly dialect: string
  readonly method: string
  /** The client token's id. */
  readonly caller: string
  readonly streamed: boolean
}

/** A request between two attempts. */
type Progress = {
  readonly retryState: RetryState
  readonly number: number
  readonly ask: KeyRequest
  readonly last: InspectedAnswer | undefined
}

/** Brings one request to Google and its answer to the client: reserve, attempt, settle, decide, until there is something to say. */
export async function forward(
  deps: ForwardDeps,
  request: GatewayRequest,
  receiver: Receiver,
): Promise<void> {
  const admission = deps.admit(request)
  if (!admission.ok) return receiver.refuse(admission.refusal)
  try {
    await serve(deps, request, receiver)
  } finally {
    admission.release()
  }
}

async function serve(
  deps: ForwardDeps,
  request: GatewayRequest,
  receiver: Receiver,
): Promise<void> {
  const limits = deps.limits()
  const deadline = deps.clock.now() + Math.min(limits.timeOutMs, request.patienceMs ?? Infinity)
  let progress: Progress = {
    retryState: freshRetryState,
    number: 1,
    ask: request.ask,
    last: undefined,
  }

  while (!receiver.signal.aborted) {
    const reserved = await reserve(deps, progress.ask, {
      maxWaitMs: request.waits === false ? 0 : limits.queueMaxWaitMs,
      deadline,
      signal: receiver.signal,
    })
    if (reserved === undefined) return
    if (!reserved.ok) return giveUp(receiver, progress.last, reserved.refusal)

    const { reservation } = reserved
    const startedAt = deps.clock.now()
    const inspected = await deps.attempt(request.call, {
      secret: reservation.secret,
      timeouts: { firstByteMs: wholeSeconds(deadline - startedAt), idleMs: limits.timeOutMs },
      signal: receiver.signal,
    })
    const standing = deps.keys.settle(reservation, inspected.outcome)
    const decision = nextStep(inspected.outcome, progress.retryState, limits)
    const finished = {
      request,
      number: progress.number,
      reservation,
      startedAt,
      inspected,
      standing,
    }
    if (!('retryState' in decision) || deps.clock.now() >= deadline)
      return finish(deps, receiver, finished)

    report(deps, finished, inspected)
    progress = afterAttempt(progress, finished, decision)
    if (decision.step === 'again' && !(await rest(decision.delayMs, receiver.signal))) return
  }
}

type FinishedAttempt = {
  readonly request: GatewayRequest
  readonly number: number
  readonly reservation: Reservation
  readonly startedAt: number
  readonly inspected: InspectedAnswer
  readonly standing: LaneStatus | undefined
}

/** Takes a key now, or waits for one as long as the settings and the deadline allow; undefined when the client left. */
async function reserve(
  deps: ForwardDeps,
  ask: KeyRequest,
  waiting: { maxWaitMs: number; deadline: number; signal: ClientSignal },
): Promise<ReserveResult | undefined> {
  const now = deps.keys.reserve(ask)
  if (now.ok || !('wakesAt' in now.refusal)) return now
  const { deadline, signal } = waiting
  const maxWaitMs = Math.min(waiting.maxWaitMs, deadline - deps.clock.now())
  if (maxWaitMs <= 0) return now
  try {
    return await deps.keys.wait(ask, { maxWaitMs, signal: signal.abortSignal })
  } catch (error) {
    if (signal.aborted) return undefined
    throw error
  }
}

/** The request as the next attempt asks for it: without the keys or projects that are of no use to it. */
function afterAttempt(
  progress: Progress,
  { reservation, inspected }: FinishedAttempt,
  decision: Extract<NextStep, { retryState: RetryState }>,
): Progress {
  const { ask } = progress
  const step = {
    retryState: decision.retryState,
    number: progress.number + 1,
    last: inspected,
  }
  progress.last?.answer?.discard()
  switch (decision.step) {
    case 'another-key':
      return { ...step, ask: { ...ask, tried: plus(ask.tried, reservation.key) } }
    case 'another-project':
      return {
        ...step,
        ask: { ...ask, triedProjects: plus(ask.triedProjects, reservation.project) },
      }
    case 'again': {
      // A second try is worth most on another key, so the conversation's own is not insisted on.
      const { conversation: _dropped, ...free } = ask
      return { ...step, ask: free }
    }
  }
}

function plus<T extends KeyId | ProjectId>(set: ReadonlySet<T> | undefined, one: T): Set<T> {
  return new Set(set).add(one)
}

/** undici makes a new timer for each new length: lengths that seldom differ make few. */
function wholeSeconds(ms: number): number {
  return Math.max(1, Math.ceil(ms / 1000)) * 1000
}

async function rest(delayMs: number, signal: ClientSignal): Promise<boolean> {
  if (delayMs > 0)
    await pause(delayMs, undefined, { signal: signal.abortSignal }).catch(() => undefined)
  return !signal.aborted
}

/** The last attempt of a request: its answer is shown if it is the client's to see. */
async function finish(
  deps: ForwardDeps,
  receiver: Receiver,
  finished: FinishedAttempt,
): Promise<void> {
  const { outcome, answer } = finished.inspected
  if (outcome.verdict === 'client-left') return report(deps, finished, { outcome })
  if (answer === undefined || !mayShowClient(outcome)) {
    answer?.discard()
    report(deps, finished, { outcome })
    return receiver.fail(outcome)
  }
  const ending = await receiver.deliver(answer)
  report(deps, finished, {
    outcome: finalOutcome(outcome, ending, receiver.signal.aborted),
    usage: answer.usage(),
  })
}

/** No key is left to ask: what Google said to the last attempt, if it is the client's to see, else what we lack. */
async function giveUp(receiver: Receiver, last: InspectedAnswer | undefined, refusal: NoKeyReason) {
  if (last?.answer !== undefined && mayShowClient(last.outcome)) {
    await receiver.deliver(last.answer)
  } else receiver.refuse(refusal)
}

type Ended = { readonly outcome: Outcome; readonly usage?: Usage | undefined }

function report(deps: ForwardDeps, finished: FinishedAttempt, { outcome, usage }: Ended): void {
  const { request, number, reservation, startedAt, inspected, standing } = finished
  deps.report({
    request,
    number,
    reservation,
    startedAt,
    durationMs: deps.clock.now() - startedAt,
    firstByteMs: inspected.firstByteMs,
    outcome,
    standing,
    usage,
  })
}
