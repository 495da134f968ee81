import type { Outcome } from '../google/outcome.ts'
import type { Secret } from '../log/secret.ts'
import type { UpstreamCall } from '../google/upstream-call.ts'
import { ClientDisconnected } from '../runtime/client-disconnected.ts'
import type { Exit, Exits } from './egress/proxies.ts'
import { Exchange, type InspectedAnswer } from './hold-back/exchange.ts'
import { KeyRedactor } from './hold-back/key-redactor.ts'
import type { Inspector } from './hold-back/inspector.ts'
import type { ClientSignal } from '../runtime/client-signal.ts'
import type { Timeouts, Transport } from './upstream/transport.ts'

export type AttemptDeps = {
  readonly transport: Transport
  readonly exits: Pick<Exits, 'choose' | 'settle'>
  readonly inspectorFor: (call: UpstreamCall, status: number) => Inspector
  readonly explainFailure: (error: Error) => Outcome
  readonly now: () => number
}

export type AttemptOptions = {
  readonly secret: Secret
  readonly timeouts: Timeouts
  readonly signal: ClientSignal
}

/**
 * One call to Google with one key. Resolves as soon as the answer can be judged, never rejects; when the client leaves,
 * the call is closed at once, whether it has been judged or not.
 */
export function attempt(
  deps: AttemptDeps,
  call: UpstreamCall,
  { secret, timeouts, signal }: AttemptOptions,
): Promise<InspectedAnswer> {
  const exchange = new Exchange({
    guard: new KeyRedactor(secret),
    inspectorFor: (status) => deps.inspectorFor(call, status),
    explainFailure: deps.explainFailure,
    // The callback outlives the judgement: it also closes an answer that is already flowing.
    onClosed: signal.onAbort(() => exchange.abandon(new ClientDisconnected())),
    now: deps.now,
  })
  if (signal.aborted) exchange.abandon(new ClientDisconnected())
  const exit = deps.exits.choose(secret)
  deps.transport.send(call, { secret, timeouts, exit }, exchange)
  return exit === undefined ? exchange.inspected : settled(deps, exit, exchange.inspected)
}

async function settled(
  { exits }: AttemptDeps,
  exit: Exit,
  judging: Promise<InspectedAnswer>,
): Promise<InspectedAnswer> {
  const inspected = await judging
  return { ...inspected, outcome: exits.settle(exit, inspected.outcome) }
}
