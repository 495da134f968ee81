import { listModelsCall } from '../google/models/fetch-models.ts'
import type { Outcome } from '../google/outcome.ts'
import type { Secret } from '../log/secret.ts'
import { neverAborted } from '../runtime/streams/client-signal.ts'
import { attempt, type AttemptDeps } from './attempt.ts'
import { NoAnswer } from './no-answer.ts'
import type { Transport } from './upstream/transport.ts'

export type NetworkTrialDeps = {
  readonly attemptDeps: AttemptDeps
  readonly transport: Pick<Transport, 'renew'>
  readonly version: () => string
}

/** Finds out whether Google can be reached, apart from the calls of clients. */
export type NetworkTrials = {
  /** Asks for one model of the list, which no quota counts, over a connection of its own. Never rejects. */
  run(secret: Secret, limitMs: number): Promise<Outcome>
  renew(): void
  giveUpSilentCalls(): void
}

export function createNetworkTrials({
  attemptDeps,
  transport,
  version,
}: NetworkTrialDeps): NetworkTrials {
  return {
    async run(secret, limitMs) {
      const { outcome, answer } = await attempt(
        attemptDeps,
        listModelsCall(version(), '?pageSize=1'),
        {
          secret,
          timeouts: { firstByteMs: limitMs, idleMs: limitMs },
          signal: neverAborted,
          aloneMs: limitMs,
        },
      )
      answer?.discard()
      return outcome
    },
    renew: () => transport.renew(),
    giveUpSilentCalls() {
      for (const exchange of attemptDeps.underway) {
        if (exchange.isSilent) exchange.abandon(new NoAnswer())
      }
    },
  }
}
