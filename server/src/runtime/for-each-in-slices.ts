import { yieldToEventLoop } from './yield-to-event-loop.ts'

const atOnce = 50
const sliceMs = 1

/** Does what is to be done with many things a few at a time, and lets requests in between. */
export async function forEachInSlices<T>(
  items: Iterable<T>,
  act: (some: readonly T[]) => void,
): Promise<void> {
  let since = performance.now()
  let some: T[] = []
  for (const item of items) {
    some.push(item)
    if (some.length < atOnce) continue
    act(some)
    some = []
    if (performance.now() - since < sliceMs) continue
    await yieldToEventLoop()
    since = performance.now()
  }
  if (some.length > 0) act(some)
}
