import type { Clock } from '../server/src/runtime/time/clock.ts'

type Event = { at: number; readonly order: number; wake: (() => void) | undefined }

/** A clock that jumps from event to event. Events at the same time run in the order in which they were scheduled. */
export interface VirtualClock extends Clock {
  /** Runs the next event if it is not after `until`; returns whether there was one. */
  step(until: number): boolean
}

export function createVirtualClock(start: number): VirtualClock {
  const events: Event[] = []
  let now = start
  let asked = 0
  return {
    now: () => now,
    at(at, wake) {
      const event: Event = { at: Math.max(at, now), order: asked, wake }
      asked += 1
      push(events, event)
      return () => (event.wake = undefined)
    },
    step(until) {
      for (let first = events[0]; first && first.at <= until; first = events[0]) {
        pop(events)
        if (first.wake === undefined) continue
        now = first.at
        first.wake()
        return true
      }
      if (until !== Infinity) now = Math.max(now, until)
      return false
    },
  }
}

function before(a: Event, b: Event): boolean {
  return a.at === b.at ? a.order < b.order : a.at < b.at
}

function push(events: Event[], event: Event): void {
  let index = events.length
  events.push(event)
  while (index > 0) {
    const parentIndex = (index - 1) >> 1
    const parent = events[parentIndex]
    if (parent === undefined || !before(event, parent)) break
    events[index] = parent
    index = parentIndex
  }
  events[index] = event
}

function pop(events: Event[]): void {
  const last = events.pop()
  if (last === undefined || events.length === 0) return
  let index = 0
  for (;;) {
    const left = events[2 * index + 1]
    if (left === undefined) break
    const right = events[2 * index + 2]
    const rightFirst = right !== undefined && before(right, left)
    const child = rightFirst ? right : left
    if (!before(child, last)) break
    events[index] = child
    index = 2 * index + (rightFirst ? 2 : 1)
  }
  events[index] = last
}
