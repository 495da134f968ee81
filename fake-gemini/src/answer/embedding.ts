import { hash } from '../hash.ts'
import { createRandom } from '../random.ts'

/** A unit vector that depends on the text alone. */
export function embeddingOf(text: string, dimensions: number): number[] {
  const random = createRandom(hash(text))
  const raw = Array.from({ length: dimensions }, () => random() * 2 - 1)
  const length = Math.hypot(...raw) || 1
  return raw.map((value) => value / length)
}
