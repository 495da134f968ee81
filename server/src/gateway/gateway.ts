import { explainFailure } from '../google/errors/network-failure.ts'
import type { Outcome } from '../google/outcome.ts'
import type { Platform, UpstreamSettings } from '../google/platforms/platform.ts'
import type { UpstreamCall } from '../google/upstream-call.ts'
import type { KeyRequest, Keys } from '../keys/types.ts'
import type { Secret } from '../log/secret.ts'
import type { Clock } from '../runtime/clock.ts'
import { attempt, type AttemptDeps } from './attempt.ts'
import type { Proxies } from './egress/proxies.ts'
import { forward, type ForwardDeps, type ForwardLimits, type ForwardResult } from './forward.ts'
import { inspectorFor } from './hold-back/inspectors.ts'
import type { GatewayObserver } from './observer.ts'
import { callGoogle, type OwnAnswer } from './own-call.ts'
import { probeKey } from './probe.ts'
import type { Receiver } from './receiver.ts'
import type { GatewayRequest } from './request.ts'
import type { Transport } from './upstream/transport.ts'

export type GatewayDeps = {
  readonly platform: Platform
  readonly settings: () => UpstreamSettings
  readonly keys: Keys
  readonly transport: Transport
  readonly proxies: Pick<Proxies, 'choose' | 'settle'>
  readonly limits: () => ForwardLimits
  readonly clock: Pick<Clock, 'now'>
  /** Takes secrets out of Google's texts. */
  readonly scrub: (text: string) => string
  readonly observers: readonly GatewayObserver[]
}

/** The way to one platform and back. */
export type Gateway = {
  /** Serves a client's request. Resolves when the client has its answer, or has left. */
  forward(request: GatewayRequest, receiver: Receiver): Promise<ForwardResult>
  /** A call that the gateway makes for itself, with any key that serves. Rejects when none can. */
  call(call: UpstreamCall, wanted: KeyRequest): Promise<OwnAnswer>
  /** Asks Google whether a key works with a model. Changes nothing in the key engine. */
  probe(secret: Secret, model: string): Promise<Outcome>
  /** The version of Google's API for calls that the gateway composes: `v1beta`. */
  version(): string
}

/** Bound once: nobody else holds what it is made of. */
export function createGateway(deps: GatewayDeps): Gateway {
  const { platform, settings, keys, transport, proxies, limits, clock, scrub, observers } = deps
  const inspection = { scrub }
  const attempts: AttemptDeps = {
    transport,
    proxies,
    inspectorFor: (call, status) => inspectorFor(inspection, call, status),
    explainFailure,
    now: clock.now,
  }
  const forwarding: ForwardDeps = {
    keys,
    attempt: (call, options) => attempt(attempts, call, options),
    limits,
    observers,
    clock,
  }
  const version = () => platform.address(settings()).version
  return {
    forward: (request, receiver) => forward(forwarding, request, receiver),
    call: (call, wanted) => callGoogle(forwarding, call, wanted),
    probe: (secret, model) =>
      probeKey(
        { attempt: forwarding.attempt, version, timeOutMs: limits().timeOutMs },
        { secret, model },
      ),
    version,
  }
}
