import { verdicts } from '../../server/src/google/verdicts.ts'
import type { FleetKey } from '../fleet.ts'
import type { Strategy } from '../queued-keys.ts'
import { Rotation } from './rotation.ts'

const coolingMs = 5000

/** Any failure but the client's own rests the whole key for five seconds, whatever it was. */
export function coolFiveSeconds(keys: readonly FleetKey[]): Strategy {
  const rotation = new Rotation(keys)
  return {
    take: (wanted, now) => rotation.take(wanted.tried, now),
    settled({ key }, { verdict }, now) {
      const { blame } = verdicts[verdict]
      if (blame !== 'nobody' && blame !== 'client') rotation.rest(key, now + coolingMs)
    },
  }
}
