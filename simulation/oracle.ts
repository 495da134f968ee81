import type { KeyRequest } from '../server/src/keys/types.ts'
import type { GoogleModel } from './google-model.ts'
import type { Strategy } from './queued-keys.ts'
import { FreeLanes } from './free-lanes.ts'

/**
 * What somebody would serve who reads Google's own books: every limit and every counter to the millisecond, including calls on
 * their way, which keys and projects are dead, which lanes are closed, and the tokens of each request before Google counts
 * them. It never makes a call that a quota or a dead key would refuse.
 *
 * It is as patient as the engine (same retries, same waiting), meets the same faults, and like the engine it does not know
 * which requests are still to come: it serves each as it arrives, from the lane with the most of its day left. That is not a
 * proved optimum, but `simulation.test.ts` holds it against a bound that is: all lanes of a model poured into one.
 */
export function createOracle(google: GoogleModel): Strategy {
  const freeLanes = new FreeLanes(google, { lasting: false })
  return {
    take(wanted, now) {
      const tried = wanted.tried === undefined ? {} : { tried: wanted.tried }
      const lane = freeLanes.find({ model: wanted.lane, tokens: trueTokens(wanted), ...tried }, now)
      return lane.found ? { ok: true, key: lane.key } : { ok: false, opensAt: lane.opensAt }
    },
    settled: () => undefined,
  }
}

function trueTokens(wanted: KeyRequest): number {
  return 'trueTokens' in wanted && typeof wanted.trueTokens === 'number'
    ? wanted.trueTokens
    : wanted.estimatedInputTokens
}
