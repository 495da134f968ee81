import type { EventBus } from './event-bus.ts'
import type { AttemptReport } from '../../gateway/observer.ts'

export type LiveCounters = {
  attempted(report: Pick<AttemptReport, 'number' | 'outcome'>): void
  close(): void
}

const everyMs = 1000

export type LiveCountersDeps = {
  readonly bus: EventBus
  /** What is told beside the counts of the last second. */
  readonly state: () => Promise<object>
  readonly onError: (error: unknown) => void
}

/** What the last second brought, once a second, for whoever looks on. */
export function tellCounters({ bus, state, onError }: LiveCountersDeps): LiveCounters {
  let requests = 0
  let verdicts: Record<string, number> = {}
  async function tell(): Promise<void> {
    const attempts = Object.values(verdicts).reduce((sum, count) => sum + count, 0)
    const counted = { requests, attempts, verdicts }
    requests = 0
    verdicts = {}
    if (bus.isWatched()) bus.publish('counters', { at: Date.now(), ...counted, ...(await state()) })
  }
  const timer = setInterval(() => void tell().catch(onError), everyMs)
  timer.unref()
  return {
    attempted({ number, outcome: { verdict } }) {
      if (number === 1) requests += 1
      verdicts[verdict] = (verdicts[verdict] ?? 0) + 1
    },
    close: () => clearInterval(timer),
  }
}
