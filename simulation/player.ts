import {
  nextStep,
  freshRetryState,
  type NextStep,
  type RetryState,
} from '../server/src/gateway/next-step.ts'
import type { Outcome } from '../server/src/google/outcome.ts'
import type {
  KeyRequest,
  KeyId,
  Keys,
  ProjectId,
  Reservation,
  ReserveResult,
} from '../server/src/keys/types.ts'
import { verdicts } from '../server/src/google/verdicts.ts'
import type { GoogleModel, SimulatedCall } from './google-model.ts'
import { FreeLanes } from './free-lanes.ts'
import { DayTally } from './tally.ts'
import type { Arrival } from './traffic.ts'
import type { VirtualClock } from './virtual-clock.ts'

export type PlayLimits = {
  readonly maxRetries: number
  readonly maxKeySwitches: number
  readonly queueMaxWaitMs: number
  readonly deadlineMs: number
}

export type PlayDeps = {
  readonly clock: VirtualClock
  readonly keys: Keys
  readonly google: GoogleModel
  readonly limits: PlayLimits
  readonly start: number
  /** Number of pending promises of the policy, besides those of waiting requests. */
  readonly promises: { readonly open: number; woken: boolean }
}

/** For the oracle; the gateway does not know `trueTokens`. */
export type SimulatedRequest = KeyRequest & { readonly trueTokens: number }

type Request = {
  readonly arrival: Arrival
  readonly deadline: number
  readonly abort: AbortController
  wanted: KeyRequest
  retryState: RetryState
  attempt: number
}

const dayMs = 86_400_000
const earlyMs = 120_000
/** After the last request, none may be open for longer. */
const longestEndMs = 3_600_000
/** A breaker tries again within 30 s of an overload or outage, and waits for the answer of that call. */
const recoveryMs = 60_000

/** Runs all requests through a policy with the gateway's retry rules, in virtual time. Returns counters per day. */
export async function play(deps: PlayDeps, traffic: Iterator<Arrival>): Promise<DayTally[]> {
  const player = new Player(deps, traffic)
  return player.run()
}

class Player {
  readonly #deps: PlayDeps
  readonly #traffic: Iterator<Arrival>
  readonly #days: DayTally[] = []
  readonly #conservativeLanes: FreeLanes
  #open = 0
  #waiting = 0
  #lastAt = Infinity

  constructor(deps: PlayDeps, traffic: Iterator<Arrival>) {
    this.#deps = deps
    this.#traffic = traffic
    this.#conservativeLanes = new FreeLanes(deps.google, { conservative: true })
  }

  async run(): Promise<DayTally[]> {
    const { promises } = this.#deps
    this.#expectNext()
    while (this.#open > 0 && this.#deps.clock.step(Infinity)) {
      if (this.#waiting > 0 || promises.open > 0 || promises.woken) {
        promises.woken = false
        await drainMicrotasks()
      }
      if (this.#deps.clock.now() - this.#lastAt > longestEndMs) {
        throw new Error(`${this.#open} requests never ended.`)
      }
    }
    return this.#days
  }

  #expectNext(): void {
    const next = this.#traffic.next()
    if (next.done) {
      this.#lastAt = this.#deps.clock.now()
      return
    }
    this.#open += 1
    this.#deps.clock.at(next.value.at, () => {
      this.#expectNext()
      this.#begin(next.value)
    })
  }

  #begin(arrival: Arrival): void {
    const { model, inputTokens, estimatedInputTokens, conversation, at } = arrival
    this.#day(at).requests += 1
    const plain: SimulatedRequest = {
      lane: model,
      model,
      estimatedInputTokens,
      trueTokens: inputTokens,
    }
    const wanted = conversation === undefined ? plain : { ...plain, conversation }
    const deadline = at + this.#deps.limits.deadlineMs
    const abort = new AbortController()
    this.#reserve({ arrival, deadline, abort, wanted, retryState: freshRetryState, attempt: 0 })
  }

  #reserve(request: Request): void {
    const { keys, clock, limits } = this.#deps
    const result = keys.reserve(request.wanted)
    if (result.ok || !('wakesAt' in result.reason)) return this.#reserved(request, result)
    const maxWaitMs = Math.min(limits.queueMaxWaitMs, request.deadline - clock.now())
    if (maxWaitMs <= 0) return this.#reserved(request, result)
    this.#waiting += 1
    void this.#wait(request, maxWaitMs)
  }

  async #wait(request: Request, maxWaitMs: number): Promise<void> {
    const { signal } = request.abort
    const result = await this.#deps.keys.wait(request.wanted, { maxWaitMs, signal })
    this.#waiting -= 1
    this.#reserved(request, result)
  }

  #reserved(request: Request, result: ReserveResult): void {
    if (result.ok) return this.#call(request, result.reservation)
    this.#fail(request, `no key: ${result.reason.kind}`, this.#hadFreeLane(request))
  }

  #call(request: Request, reservation: Reservation): void {
    const { clock, google } = this.#deps
    const { model, inputTokens, index } = request.arrival
    const departure = clock.now()
    const call: SimulatedCall = {
      key: reservation.key,
      model,
      inputTokens,
      request: index,
      attempt: request.attempt,
    }
    request.attempt += 1
    this.#day(departure).calls += 1
    if (this.#isEarly(departure)) this.#day(departure).early.calls += 1
    if (reservation.trial) this.#day(departure).trials += 1
    clock.at(google.depart(call, departure), () => {
      const { outcome, latencyMs } = google.arrive(call, clock.now())
      clock.at(clock.now() + latencyMs, () =>
        this.#end(request, { reservation, departure, outcome }),
      )
    })
  }

  #end(request: Request, finished: FinishedCall): void {
    const { keys, clock, limits } = this.#deps
    const { reservation, departure, outcome } = finished
    keys.settle(reservation, outcome)
    if (isWaste(outcome)) {
      this.#day(departure).waste(outcome.verdict)
      if (this.#isEarly(departure)) this.#day(departure).early.wasted += 1
    }
    const decision = nextStep(outcome, request.retryState, limits)
    if (!('retryState' in decision) || clock.now() >= request.deadline)
      return this.#finish(request, finished)
    request.retryState = decision.retryState
    request.wanted = requestForRetry(request.wanted, reservation, decision)
    if (decision.step === 'again' && decision.delayMs > 0) {
      clock.at(clock.now() + decision.delayMs, () => this.#reserve(request))
    } else this.#reserve(request)
  }

  #finish(request: Request, { outcome, departure }: FinishedCall): void {
    const { verdict } = outcome
    const day = this.#day(request.arrival.at)
    if (verdict === 'answered' || verdict === 'answer-withheld') {
      day.answers += 1
      day.waits.add(departure - request.arrival.at)
    } else if (verdict === 'request-refused') day.refusedRequests += 1
    else if (verdict === 'client-left') day.left += 1
    else {
      // A failure of Google itself is not avoidable by another key.
      const avoidable = isRefusedForKey(outcome) && this.#hadFreeLane(request)
      return this.#fail(request, `delivered: ${verdict}`, avoidable)
    }
    this.#open -= 1
  }

  #fail({ arrival }: Request, why: string, avoidable: boolean): void {
    this.#open -= 1
    this.#day(arrival.at).fail({ why, avoidable })
  }

  /** Whether a lane had room for the request and an untried key, without an outage. */
  #hadFreeLane({ arrival, wanted }: Request): boolean {
    const { google, clock } = this.#deps
    const now = clock.now()
    if (google.hasOutage(arrival.model, now, recoveryMs)) return false
    const tokens = Math.max(arrival.inputTokens, arrival.estimatedInputTokens)
    const search = { model: arrival.model, tokens, ...(wanted.tried && { tried: wanted.tried }) }
    return this.#conservativeLanes.find(search, now).found
  }

  #isEarly(at: number): boolean {
    return at < this.#deps.start + earlyMs
  }

  #day(at: number): DayTally {
    const index = Math.floor((at - this.#deps.start) / dayMs)
    const day = this.#days[index] ?? new DayTally()
    this.#days[index] = day
    return day
  }
}

/** All microtasks run before the next `setImmediate` callback. */
function drainMicrotasks(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

type FinishedCall = {
  readonly reservation: Reservation
  readonly departure: number
  readonly outcome: Outcome
}

function isRefusedForKey({ verdict }: Outcome): boolean {
  const { blame } = verdicts[verdict]
  return blame === 'key' || blame === 'project' || blame === 'lane'
}

/** A call refused because of its key, project or lane, unless the error is unknown. */
function isWaste(outcome: Outcome): boolean {
  return isRefusedForKey(outcome) && outcome.verdict !== 'refusal-unknown'
}

/** As in `gateway/forward.ts`. */
function requestForRetry(
  wanted: KeyRequest,
  { key, project }: Reservation,
  { step }: NextStep,
): KeyRequest {
  if (step === 'another-key') return { ...wanted, tried: plus(wanted.tried, key) }
  if (step === 'another-project')
    return { ...wanted, triedProjects: plus(wanted.triedProjects, project) }
  const { conversation: _dropped, ...free } = wanted
  return free
}

function plus<T extends KeyId | ProjectId>(set: ReadonlySet<T> | undefined, one: T): Set<T> {
  return new Set(set).add(one)
}
