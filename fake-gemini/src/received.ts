import { createFileCallCounter } from './files/call-counts.ts'
import type { FileCalls } from './files/call-counts.ts'

/** A received call and its result. */
export type ReceivedCall = {
  sequence: number
  at: number
  method: string
  path: string
  query: Record<string, string>
  headers: Record<string, string>
  /** Of an upload only the metadata. */
  bodyText: string
  /** Of an upload without its metadata. */
  bodyBytes: number
  key: string | undefined
  project: string | undefined
  model: string | undefined
  /** `generateContent`, `chat/completions`, `files.list`. */
  action: string | undefined
  /** The file that the call created. */
  file: string | undefined
  /** 0 until an answer is sent. */
  status: number
  /** `ok`, or the reason: `key:leaked`, `quota:rpm+rpd`, `invalid-argument`, `misbehaved`, `script`. */
  verdict: string
  closedByClient: boolean
}

export type Totals = {
  calls: number
  closedByClient: number
  byStatus: Record<string, number>
  byVerdict: Record<string, number>
}

const maxKept = 10_000

/** The most recent calls, and counters for all calls. */
export type ReceivedLog = {
  add(call: ReceivedCall): void
  /** Adds a finished call to the counters. */
  settle(call: ReceivedCall): void
  list(): ReceivedCall[]
  clear(): void
  totals(): Totals
  /** Calls to the Files API by key and project. */
  fileCalls(): FileCalls
}

export function createReceivedLog(): ReceivedLog {
  let kept: ReceivedCall[] = []
  let next = 0
  let totals = emptyTotals()
  const fileCalls = createFileCallCounter()

  return {
    add: (call) => {
      if (kept.length < maxKept) kept.push(call)
      else kept[next] = call
      next = (next + 1) % maxKept
    },
    settle: (call) => {
      totals.calls += 1
      if (call.closedByClient) totals.closedByClient += 1
      totals.byStatus[call.status] = (totals.byStatus[call.status] ?? 0) + 1
      totals.byVerdict[call.verdict] = (totals.byVerdict[call.verdict] ?? 0) + 1
      fileCalls.add(call)
    },
    list: () => (kept.length < maxKept ? [...kept] : [...kept.slice(next), ...kept.slice(0, next)]),
    clear: () => {
      kept = []
      next = 0
      totals = emptyTotals()
      fileCalls.clear()
    },
    fileCalls: fileCalls.counts,
    totals: () => structuredClone(totals),
  }
}

function emptyTotals(): Totals {
  return { calls: 0, closedByClient: 0, byStatus: {}, byVerdict: {} }
}
