import { yieldToEventLoop } from './yield-to-event-loop.ts'
import { chunks } from '../chunks.ts'

const runLength = 500
/** Merging so many items takes about as long as sorting one run. */
const itemsPerSlice = 5000

/** A stable sort of a long list that yields to requests in between. */
export async function sortInSlices<T>(
  items: readonly T[],
  compare: (a: T, b: T) => number,
): Promise<T[]> {
  let runs: T[][] = []
  for (const run of chunks(items, runLength)) {
    runs.push(run.toSorted(compare))
    await yieldToEventLoop()
  }
  while (runs.length > 1) {
    const merged: T[][] = []
    for (const [first = [], second = []] of chunks(runs, 2)) {
      merged.push(await merge(first, second, compare))
    }
    runs = merged
  }
  return runs[0] ?? []
}

async function merge<T>(
  first: readonly T[],
  second: readonly T[],
  compare: (a: T, b: T) => number,
): Promise<T[]> {
  const merged: T[] = []
  let at = 0
  for (const item of second) {
    for (let next = first[at]; next !== undefined && compare(next, item) <= 0; next = first[at]) {
      merged.push(next)
      at += 1
      if (merged.length % itemsPerSlice === 0) await yieldToEventLoop()
    }
    merged.push(item)
    if (merged.length % itemsPerSlice === 0) await yieldToEventLoop()
  }
  return at === first.length ? merged : merged.concat(first.slice(at))
}
