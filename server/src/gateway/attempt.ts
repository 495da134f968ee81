import type { Outcome } from '../keys/outcome.ts'
import type { Secret } from '../keys/secret.ts'
import type { UpstreamCall } from './call.ts'
import { ClientLeft } from './client-left.ts'
import { Exchange, type Judged } from './exchange.ts'
import type { Judge } from './judge.ts'
import type { Timeouts, Transport } from './transport.ts'

export type AttemptDeps = {
  readonly transport: Transport
  readonly judgeFor: (call: UpstreamCall, status: number) => Judge
  readonly explainFailure: (error: Error) => Outcome
  readonly now: () => number
}

export type AttemptOptions = {
  readonly secret: Secret
  readonly timeouts: Timeouts
  readonly signal: AbortSignal
}

/**
 * One call to Google with one key. Resolves as soon as the answer can be judged, never rejects; when the client leaves,
 * the call is closed at once, whether it has been judged or not.
 */
export async function attempt(
  deps: AttemptDeps,
  call: UpstreamCall,
  { secret, timeouts, signal }: AttemptOptions,
): Promise<Judged> {
  const leave = () => exchange.abandon(new ClientLeft())
  const exchange = new Exchange({
    judgeFor: (status) => deps.judgeFor(call, status),
    explainFailure: deps.explainFailure,
    // The listener outlives the judgement: it also closes an answer that is already flowing.
    onClosed: () => signal.removeEventListener('abort', leave),
    now: deps.now,
  })
  if (signal.aborted) leave()
  signal.addEventListener('abort', leave, { once: true })
  deps.transport.send(call, { secret, timeouts }, exchange)
  return exchange.judged
}
