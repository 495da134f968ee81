import type { Outcome } from '../google/outcome.ts'
import type { Secret } from '../log/secret.ts'
import type { UpstreamCall } from '../google/upstream-call.ts'
import { ClientLeft } from '../runtime/client-disconnected.ts'
import type { Exit, Exits } from './egress/proxies.ts'
import { Exchange, type Judged } from './hold-back/exchange.ts'
import { KeyGuard } from './hold-back/key-redactor.ts'
import type { Judge } from './hold-back/inspector.ts'
import type { Presence } from '../runtime/client-signal.ts'
import type { Timeouts, Transport } from './upstream/transport.ts'

export type AttemptDeps = {
  readonly transport: Transport
  readonly exits: Pick<Exits, 'choose' | 'settle'>
  readonly judgeFor: (call: UpstreamCall, status: number) => Judge
  readonly explainFailure: (error: Error) => Outcome
  readonly now: () => number
}

export type AttemptOptions = {
  readonly secret: Secret
  readonly timeouts: Timeouts
  readonly presence: Presence
}

/**
 * One call to Google with one key. Resolves as soon as the answer can be judged, never rejects; when the client leaves,
 * the call is closed at once, whether it has been judged or not.
 */
export function attempt(
  deps: AttemptDeps,
  call: UpstreamCall,
  { secret, timeouts, presence }: AttemptOptions,
): Promise<Judged> {
  const exchange = new Exchange({
    guard: new KeyGuard(secret),
    judgeFor: (status) => deps.judgeFor(call, status),
    explainFailure: deps.explainFailure,
    // The callback outlives the judgement: it also closes an answer that is already flowing.
    onClosed: presence.onLeave(() => exchange.abandon(new ClientLeft())),
    now: deps.now,
  })
  if (presence.hasLeft) exchange.abandon(new ClientLeft())
  const exit = deps.exits.choose(secret)
  deps.transport.send(call, { secret, timeouts, exit }, exchange)
  return exit === undefined ? exchange.judged : settled(deps, exit, exchange.judged)
}

async function settled(
  { exits }: AttemptDeps,
  exit: Exit,
  judging: Promise<Judged>,
): Promise<Judged> {
  const judged = await judging
  return { ...judged, outcome: exits.settle(exit, judged.outcome) }
}
