import { verdicts } from '../../server/src/google/verdicts.ts'
import type { FleetKey } from '../fleet.ts'
import type { Strategy } from '../queued-keys.ts'
import { Rotation } from './rotation.ts'

const defaultDelayMs = 5000

/**
 * The best of the other gateways: it cools a key down for one model for Google's `retryDelay`, and disables invalid keys. It
 * does not know projects, nor that the delay of a daily quota is wrong.
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
        rotationOf(model).cool(key, now + (retryAfterMs ?? defaultDelayMs))
      }
    },
  }
}
