import type { EventBus } from './event-bus.ts'
import type { AttemptReport } from '../../gateway/observer.ts'

export type LiveCounters = {
  attempted(report: Pick<AttemptReport, 'number' | 'outcome'>): void
  refused(code: string): void
  close(): void
}

const intervalMs = 1000

export type LiveCountersDeps = {
  readonly bus: EventBus
  /** Published beside the counts of the last second. */
  readonly state: () => Promise<object>
  readonly onError: (error: unknown) => void
}

/** Publishes once a second what was counted in it. */
export function startLiveCounters({ bus, state, onError }: LiveCountersDeps): LiveCounters {
  let requests = 0
  let verdicts: Record<string, number> = {}
  let refusals: Record<string, number> = {}
  async function publish(): Promise<void> {
    const attempts = Object.values(verdicts).reduce((sum, count) => sum + count, 0)
    const counted = { requests, attempts, verdicts, refusals }
    requests = 0
    verdicts = {}
    refusals = {}
    if (bus.hasSubscribers())
      bus.publish('counters', { at: Date.now(), ...counted, ...(await state()) })
  }
  const timer = setInterval(() => void publish().catch(onError), intervalMs)
  timer.unref()
  return {
    attempted({ number, outcome: { verdict } }) {
      if (number === 1) requests += 1
      verdicts[verdict] = (verdicts[verdict] ?? 0) + 1
    },
    refused(code) {
      refusals[code] = (refusals[code] ?? 0) + 1
    },
    close: () => clearInterval(timer),
  }
}
