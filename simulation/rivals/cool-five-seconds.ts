import { verdicts } from '../../server/src/google/verdicts.ts'
import type { FleetKey } from '../fleet.ts'
import type { Strategy } from '../queued-keys.ts'
import { Rotation } from './rotation.ts'

const coolingMs = 5000

/** Cools the whole key down for five seconds after any failure that the client did not cause. */
export function coolFiveSeconds(keys: readonly FleetKey[]): Strategy {
  const rotation = new Rotation(keys)
  return {
    take: (wanted, now) => rotation.take(wanted.tried, now),
    settled({ key }, { verdict }, now) {
      const { blame } = verdicts[verdict]
      if (blame !== 'nobody' && blame !== 'client') rotation.cool(key, now + coolingMs)
    },
  }
}
