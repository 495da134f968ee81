import { hash } from '../hash.ts'
import { createRandom } from '../random.ts'

/** A unit vector, always the same for the same text. */
export function embeddingOf(text: string, dimensions: number): number[] {
  const random = createRandom(hash(text))
  const raw = Array.from({ length: dimensions }, () => random() * 2 - 1)
  const length = Math.hypot(...raw) || 1
  return raw.map((value) => value / length)
}
