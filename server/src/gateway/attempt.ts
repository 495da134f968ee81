import type { Outcome } from '../google/outcome.ts'
import type { Secret } from '../log/secret.ts'
import type { UpstreamCall } from '../google/upstream-call.ts'
import { ClientDisconnected } from '../runtime/streams/client-disconnected.ts'
import type { Proxy, Proxies } from './egress/proxies.ts'
import { Exchange, type InspectedAnswer } from './hold-back/exchange.ts'
import { KeyRedactor } from './hold-back/key-redactor.ts'
import type { Inspector } from './hold-back/inspector.ts'
import type { ClientSignal } from '../runtime/streams/client-signal.ts'
import type { Timeouts, Transport } from './upstream/transport.ts'

export type AttemptDeps = {
  readonly transport: Transport
  readonly proxies: Pick<Proxies, 'choose' | 'settle'>
  readonly inspectorFor: (call: UpstreamCall, status: number) => Inspector
  readonly classifyFailure: (error: Error) => Outcome
  readonly now: () => number
}

export type AttemptOptions = {
  readonly secret: Secret
  readonly timeouts: Timeouts
  readonly signal: ClientSignal
}

/** One call to Google with one key. Resolves when the outcome is known; never rejects. Aborted when the client disconnects. */
export function attempt(
  deps: AttemptDeps,
  call: UpstreamCall,
  { secret, timeouts, signal }: AttemptOptions,
): Promise<InspectedAnswer> {
  const exchange = new Exchange({
    redactor: new KeyRedactor(secret),
    inspectorFor: (status) => deps.inspectorFor(call, status),
    classifyFailure: deps.classifyFailure,
    // Stays registered while the answer streams, so that a disconnect closes it too.
    onClosed: signal.onAbort(() => exchange.abandon(new ClientDisconnected())),
    now: deps.now,
  })
  if (signal.aborted) exchange.abandon(new ClientDisconnected())
  const proxy = deps.proxies.choose(secret)
  deps.transport.send(call, { secret, timeouts, proxy }, exchange)
  return proxy === undefined ? exchange.inspected : settleProxy(deps, proxy, exchange.inspected)
}

async function settleProxy(
  { proxies }: AttemptDeps,
  proxy: Proxy,
  inspecting: Promise<InspectedAnswer>,
): Promise<InspectedAnswer> {
  const inspected = await inspecting
  return { ...inspected, outcome: proxies.settle(proxy, inspected.outcome) }
}
