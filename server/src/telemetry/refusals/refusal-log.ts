import { networkOf } from '../../runtime/network-of.ts'
import type { RefusalRow } from './refusal-row.ts'

export type RefusalLogDeps = {
  readonly record: (row: RefusalRow) => void
  readonly now: () => number
}

export type RefusalLog = {
  refused(row: Omit<RefusalRow, 'at' | 'leftOut'>): void
  /** Writes how many were left out since the minute began. */
  flush(): void
}

/** Of one address and code in a minute. */
const mostAlike = 10
/** Of all in a minute. */
const mostTogether = 60
const maxCounted = 1000
const minuteMs = 60_000

type LeftOut = { count: number; first: Omit<RefusalRow, 'at' | 'leftOut'> }

/** Writes the first refusals of an address and code in each minute, and counts the others by code: a flood costs a few rows. */
export function createRefusalLog({ record, now }: RefusalLogDeps): RefusalLog {
  let minute = 0
  let written = 0
  let alike = new Map<string, number>()
  let leftOut = new Map<string, LeftOut>()

  function startMinute(at: number): void {
    for (const { count, first } of leftOut.values()) {
      const { surface, code, status, message } = first
      record({
        at,
        requestId: '',
        surface,
        verb: '',
        path: '',
        code,
        status,
        caller: undefined,
        address: '',
        message,
        leftOut: count,
      })
    }
    minute = Math.floor(at / minuteMs)
    written = 0
    alike = new Map()
    leftOut = new Map()
  }

  /** Whether there is room for one more of its address and code. */
  function fits({ address, code }: Pick<RefusalRow, 'address' | 'code'>): boolean {
    const name = `${code} ${networkOf(address)}`
    const count = alike.get(name) ?? 0
    if (written >= mostTogether || count >= mostAlike) return false
    if (count === 0 && alike.size >= maxCounted) return false
    alike.set(name, count + 1)
    written += 1
    return true
  }

  return {
    refused(row) {
      const at = now()
      if (Math.floor(at / minuteMs) !== minute) startMinute(at)
      if (fits(row)) return record({ ...row, at, leftOut: 0 })
      const known = leftOut.get(row.code)
      if (known === undefined) leftOut.set(row.code, { count: 1, first: row })
      else known.count += 1
    },
    flush: () => startMinute(now()),
  }
}
