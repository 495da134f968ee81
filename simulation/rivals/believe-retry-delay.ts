import { verdicts } from '../../server/src/google/verdicts.ts'
import type { FleetKey } from '../fleet.ts'
import type { Strategy } from '../queued-keys.ts'
import { Rotation } from './rotation.ts'

const defaultDelayMs = 5000

/**
 * The best of the peers: rests a key for one model, for as long as Google's `retryDelay` says, and disables keys that Google
 * calls invalid. It does not know projects, nor that the delay of a daily quota is not meant.
 */
export function believeRetryDelay(keys: readonly FleetKey[]): Strategy {
  const rotations = new Map<string, Rotation>()
  const dead = new Set<FleetKey>()
  const rotationOf = (model: string) => {
    const known = rotations.get(model)
    if (known) return known
    const rotation = new Rotation(keys.filter((key) => !dead.has(key)))
    rotations.set(model, rotation)
    return rotation
  }
  return {
    take: (wanted, now) => rotationOf(wanted.lane).take(wanted.tried, now),
    settled({ key, model }, { verdict, retryAfterMs }, now) {
      const { blame } = verdicts[verdict]
      if (blame === 'key' || blame === 'project') {
        dead.add(key)
        for (const rotation of rotations.values()) rotation.drop(key)
      } else if (blame === 'lane') {
        rotationOf(model).rest(key, now + (retryAfterMs ?? defaultDelayMs))
      }
    },
  }
}
