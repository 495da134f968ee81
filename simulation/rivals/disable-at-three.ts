import type { KeyId } from '../../server/src/keys/types.ts'
import { verdicts } from '../../server/src/google/verdicts.ts'
import type { FleetKey } from '../fleet.ts'
import type { Strategy } from '../queued-keys.ts'
import { Rotation } from './rotation.ts'

const mostFailures = 3
const recheckMs = 3_600_000

/**
 * Counts all failures, also those that the client caused, and never resets the count. The third disables the key for an hour;
 * the next request then is its check.
 */
export function disableAtThree(keys: readonly FleetKey[]): Strategy {
  const rotation = new Rotation(keys)
  const failures = new Map<KeyId, number>()
  return {
    take: (wanted, now) => rotation.take(wanted.tried, now),
    settled({ key }, { verdict }, now) {
      if (verdicts[verdict].blame === 'nobody' || verdict === 'client-left') return
      const count = (failures.get(key.id) ?? 0) + 1
      failures.set(key.id, Math.min(count, mostFailures - 1))
      if (count >= mostFailures) rotation.cool(key, now + recheckMs)
    },
  }
}
