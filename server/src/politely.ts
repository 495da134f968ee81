import { setImmediate as breathe } from 'node:timers/promises'
import { chunks } from './storage/chunks.ts'

const atOnce = 50
const sliceMs = 2

/** Does what is to be done with many things a few at a time, and lets requests in between. */
export async function politely<T>(
  items: readonly T[],
  act: (some: readonly T[]) => void,
): Promise<void> {
  let since = performance.now()
  for (const some of chunks(items, atOnce)) {
    act(some)
    if (performance.now() - since < sliceMs) continue
    await breathe()
    since = performance.now()
  }
}
