import type { FakeClock } from '../clock.ts'
import type { FakeQuota } from '../options.ts'
import { nextPacificMidnight } from './pacific-midnight.ts'
import { createRollingMinute } from './rolling-minute.ts'
import type { RollingMinute } from './rolling-minute.ts'

export type QuotaKind = 'rpm' | 'tpm' | 'rpd' | 'tpd'
export type Violation = { kind: QuotaKind; limit: number; freeInMs: number }

type Lane = {
  minute: RollingMinute
  day: { endsAt: number; startedAt: number; requests: number; tokens: number }
}

/** Counts usage for each lane (project and model). A rejected call uses nothing. */
export type QuotaLedger = {
  /** Counts the call if it fits; otherwise returns all limits that it would exceed. */
  admit(lane: string, quota: FakeQuota, tokens: number): readonly Violation[]
}

const none: readonly Violation[] = []

export function createQuotaLedger(clock: FakeClock): QuotaLedger {
  const lanes = new Map<string, Lane>()

  function laneOf(name: string, now: number): Lane {
    let lane = lanes.get(name)
    if (!lane) {
      lane = { minute: createRollingMinute(), day: newDay(now) }
      lanes.set(name, lane)
    }
    if (now >= lane.day.endsAt || now < lane.day.startedAt) lane.day = newDay(now)
    return lane
  }

  return {
    admit: (name, quota, tokens) => {
      const now = clock.now()
      const lane = laneOf(name, now)
      const broken = violations(lane, quota, { now, tokens })
      if (broken.length > 0) return broken
      lane.minute.add(now, tokens)
      lane.day.requests += 1
      lane.day.tokens += tokens
      return none
    },
  }
}

function newDay(now: number): Lane['day'] {
  return { endsAt: nextPacificMidnight(now), startedAt: now, requests: 0, tokens: 0 }
}

function violations(lane: Lane, quota: FakeQuota, call: { now: number; tokens: number }) {
  const { now, tokens } = call
  const found: Violation[] = []
  const check = (kind: QuotaKind, used: number, freeInMs: number): void => {
    const limit = quota[kind]
    if (limit !== undefined && used > limit) found.push({ kind, limit, freeInMs })
  }
  const minuteFree = lane.minute.oldestLeavesIn(now)
  const dayFree = lane.day.endsAt - now
  check('rpm', lane.minute.requests(now) + 1, minuteFree)
  check('tpm', lane.minute.tokens(now) + tokens, minuteFree)
  check('rpd', lane.day.requests + 1, dayFree)
  check('tpd', lane.day.tokens + tokens, dayFree)
  return found
}
