import type { KeyRequest } from '../server/src/keys/types.ts'
import type { GoogleModel } from './google-model.ts'
import type { Strategy } from './queued-keys.ts'
import { FreeLanes } from './free-lanes.ts'

/**
 * A policy with full knowledge of Google's state: all limits and counters, calls in transit, dead keys and projects, closed lanes,
 * and the exact tokens of each request. It never makes a call that a quota or a dead key would refuse.
 *
 * It has the engine's retries and waiting times, has the same faults, and does not know future requests: it serves each on arrival,
 * from the lane with the largest share of its day left. `oracle.test.ts` compares it with an upper bound.
 */
export function createOracle(google: GoogleModel): Strategy {
  const freeLanes = new FreeLanes(google, { conservative: false })
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
