import { classifyFailure } from '../google/errors/classify-failure.ts'
import type { Outcome } from '../google/outcome.ts'
import type { Platform, UpstreamSettings } from '../google/platforms/platform.ts'
import type { UpstreamCall } from '../google/upstream-call.ts'
import type { KeyRequest, Keys } from '../keys/types.ts'
import type { Secret } from '../log/secret.ts'
import type { Clock } from '../runtime/time/clock.ts'
import { attempt, type AttemptDeps } from './attempt.ts'
import type { Proxies } from './egress/proxies.ts'
import { forward, type ForwardDeps, type ForwardLimits, type ForwardResult } from './forward.ts'
import { inspectorFor } from './hold-back/inspectors.ts'
import type { GatewayObserver } from './observer.ts'
import { ask, type Asked } from './ask.ts'
import { callGoogle, type OwnAnswer } from './own-call.ts'
import { probeKey, type ProbedKey } from './probe.ts'
import type { Receiver } from './receiver.ts'
import type { GatewayRequest } from './request.ts'
import { createNetworkTrials, type NetworkTrials } from './network-trials.ts'
import type { Transport } from './upstream/transport.ts'

export type GatewayDeps = {
  readonly platform: Platform
  readonly settings: () => UpstreamSettings
  readonly keys: Keys
  readonly transport: Transport
  readonly proxies: Pick<Proxies, 'choose' | 'settle'>
  readonly limits: () => ForwardLimits
  readonly clock: Pick<Clock, 'now'>
  /** Removes secrets from Google's texts. */
  readonly scrub: (text: string) => string
  readonly observers: readonly GatewayObserver[]
}

export type Gateway = {
  /** Serves a client's request. Resolves when the client has its answer or has disconnected. */
  forward(request: GatewayRequest, receiver: Receiver): Promise<ForwardResult>
  /** Makes a call on the gateway's own behalf with any working key. Rejects when there is none. */
  call(call: UpstreamCall, key: KeyRequest): Promise<OwnAnswer>
  /** Checks whether a key works with a model. Does not change the key engine. */
  probe(key: ProbedKey): Promise<Outcome>
  /** Makes one call with one key. Does not change the key engine. */
  ask(call: UpstreamCall, secret: Secret): Promise<Asked>
  readonly trials: NetworkTrials
  /** The API version for calls that the gateway builds: `v1beta`. */
  version(): string
}

export function createGateway(deps: GatewayDeps): Gateway {
  const { platform, settings, keys, transport, proxies, limits, clock, scrub, observers } = deps
  const inspectorDeps = { scrub }
  const attemptDeps: AttemptDeps = {
    transport,
    proxies,
    inspectorFor: (call, status) => inspectorFor(inspectorDeps, call, status),
    classifyFailure,
    now: clock.now,
    underway: new Set(),
  }
  const forwardDeps: ForwardDeps = {
    keys,
    attempt: (call, options) => attempt(attemptDeps, call, options),
    limits,
    observers,
    clock,
  }
  const version = () => platform.address(settings()).version
  return {
    forward: (request, receiver) => forward(forwardDeps, request, receiver),
    call: (call, key) => callGoogle(forwardDeps, call, key),
    probe: (key) =>
      probeKey({ attempt: forwardDeps.attempt, version, timeOutMs: limits().timeOutMs }, key),
    ask: (call, secret) =>
      ask({ attempt: forwardDeps.attempt, timeOutMs: limits().timeOutMs }, call, secret),
    trials: createNetworkTrials({ attemptDeps, transport, version }),
    version,
  }
}
