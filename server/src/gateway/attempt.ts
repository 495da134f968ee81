import type { Outcome } from '../google/outcome.ts'
import type { Secret } from '../log/secret.ts'
import type { UpstreamCall } from '../google/upstream-call.ts'
import { ClientDisconnected } from '../runtime/streams/client-disconnected.ts'
import type { Proxy, Proxies } from './egress/proxies.ts'
import { Exchange, type InspectedAnswer } from './hold-back/exchange.ts'
import { KeyRedactor } from './hold-back/key-redactor.ts'
import { limitSilence } from './no-answer.ts'
import type { Inspector } from './hold-back/inspector.ts'
import type { ClientSignal } from '../runtime/streams/client-signal.ts'
import type { Timeouts, Transport } from './upstream/transport.ts'

export type AttemptDeps = {
  readonly transport: Transport
  readonly proxies: Pick<Proxies, 'choose' | 'settle'>
  readonly inspectorFor: (call: UpstreamCall, status: number) => Inspector
  readonly classifyFailure: (error: Error) => Outcome
  readonly now: () => number
  /** Calls that have not ended, without those that have a connection of their own. */
  readonly underway: Set<Exchange>
}

export type AttemptOptions = {
  readonly secret: Secret
  readonly timeouts: Timeouts
  readonly signal: ClientSignal
  /** Over a connection of its own, and ended when it has no answer within this time. */
  readonly aloneMs?: number | undefined
}

/** One call to Google with one key. Resolves when the outcome is known; never rejects. Aborted when the client disconnects. */
export function attempt(
  deps: AttemptDeps,
  call: UpstreamCall,
  { secret, timeouts, signal, aloneMs }: AttemptOptions,
): Promise<InspectedAnswer> {
  // Stays registered while the answer streams, so that a disconnect closes it too.
  const unsubscribe = signal.onAbort(() => exchange.abandon(new ClientDisconnected()))
  const exchange = new Exchange({
    redactor: new KeyRedactor(secret),
    inspectorFor: (status) => deps.inspectorFor(call, status),
    classifyFailure: deps.classifyFailure,
    onClosed() {
      deps.underway.delete(exchange)
      unsubscribe()
    },
    now: deps.now,
  })
  if (signal.aborted) {
    exchange.abandon(new ClientDisconnected())
    return exchange.inspected
  }
  const proxy = deps.proxies.choose(secret)
  const options = { secret, timeouts, proxy }
  if (aloneMs === undefined) {
    deps.underway.add(exchange)
    deps.transport.send(call, options, exchange)
  } else {
    limitSilence(exchange, aloneMs)
    void exchange.inspected.then(deps.transport.sendAlone(call, options, exchange))
  }
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
