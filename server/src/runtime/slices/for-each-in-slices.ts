import { yieldToEventLoop } from './yield-to-event-loop.ts'

const batchSize = 50
const sliceMs = 1

/** Handles many items a few at a time, and yields to requests in between. */
export async function forEachInSlices<T>(
  items: Iterable<T>,
  act: (batch: readonly T[]) => void,
): Promise<void> {
  let since = performance.now()
  let batch: T[] = []
  for (const item of items) {
    batch.push(item)
    if (batch.length < batchSize) continue
    act(batch)
    batch = []
    if (performance.now() - since < sliceMs) continue
    await yieldToEventLoop()
    since = performance.now()
  }
  if (batch.length > 0) act(batch)
}
