/** One call as the server saw it, and what became of it. */
export type ReceivedCall = {
  sequence: number
  at: number
  method: string
  path: string
  query: Record<string, string>
  headers: Record<string, string>
  bodyText: string
  key: string | undefined
  project: string | undefined
  model: string | undefined
  action: string | undefined
  /** 0 as long as nothing was sent, and for calls that never get an answer. */
  status: number
  /** `ok`, or why not: `key:leaked`, `quota:rpm+rpd`, `invalid-argument`, `misbehaved`, `script`. */
  verdict: string
  closedByClient: boolean
}

export type Totals = {
  calls: number
  closedByClient: number
  byStatus: Record<string, number>
  byVerdict: Record<string, number>
}

const mostKept = 10_000

/** The last calls, and counters over all of them. */
export type ReceivedLog = {
  add(call: ReceivedCall): void
  /** Counts a call when nothing more will happen to it. */
  settle(call: ReceivedCall): void
  list(): ReceivedCall[]
  clear(): void
  totals(): Totals
}

export function createReceivedLog(): ReceivedLog {
  let kept: ReceivedCall[] = []
  let next = 0
  let totals = emptyTotals()

  return {
    add: (call) => {
      if (kept.length < mostKept) kept.push(call)
      else kept[next] = call
      next = (next + 1) % mostKept
    },
    settle: (call) => {
      totals.calls += 1
      if (call.closedByClient) totals.closedByClient += 1
      totals.byStatus[call.status] = (totals.byStatus[call.status] ?? 0) + 1
      totals.byVerdict[call.verdict] = (totals.byVerdict[call.verdict] ?? 0) + 1
    },
    list: () =>
      kept.length < mostKept ? [...kept] : [...kept.slice(next), ...kept.slice(0, next)],
    clear: () => {
      kept = []
      next = 0
      totals = emptyTotals()
    },
    totals: () => structuredClone(totals),
  }
}

function emptyTotals(): Totals {
  return { calls: 0, closedByClient: 0, byStatus: {}, byVerdict: {} }
}
