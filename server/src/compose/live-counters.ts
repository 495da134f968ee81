import type { EventBus } from '../events/event-bus.ts'
import type { AttemptReport } from '../gateway/forward.ts'

export type LiveCounters = {
  note(report: Pick<AttemptReport, 'number' | 'outcome'>): void
  close(): void
}

const everyMs = 1000

/** What the last second brought, once a second, for whoever looks on. */
export function tellCounters(bus: EventBus, state: () => object): LiveCounters {
  let requests = 0
  let verdicts: Record<string, number> = {}
  const timer = setInterval(() => {
    if (bus.isWatched()) {
      const attempts = Object.values(verdicts).reduce((sum, count) => sum + count, 0)
      bus.publish('counters', { at: Date.now(), requests, attempts, verdicts, ...state() })
    }
    requests = 0
    verdicts = {}
  }, everyMs)
  timer.unref()
  return {
    note({ number, outcome: { verdict } }) {
      if (number === 1) requests += 1
      verdicts[verdict] = (verdicts[verdict] ?? 0) + 1
    },
    close: () => clearInterval(timer),
  }
}
