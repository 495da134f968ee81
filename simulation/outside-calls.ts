import { pacificCalendar } from '../server/src/runtime/time/calendar.ts'
import type { ModelPlan, Quota, SharingPlan } from './fleet.ts'
import { chance } from './random.ts'

/** A call of another program in the same project. */
export type OutsideCall = { readonly at: number; readonly dayEnd: number; readonly tokens: number }

type Lane = {
  readonly quota: Quota
  readonly model: ModelPlan
  readonly start: number
  /** Of the project, which others use or not; and of the lane, for its minutes. */
  readonly seeds: { readonly project: number; readonly lane: number }
}

const minuteMs = 60_000
const dayMs = 86_400_000

export type Outside = {
  /** In order of time, and without end. */
  readonly calls: Iterator<OutsideCall>
  /** About how many calls come until midnight. */
  readonly toCome: (now: number) => number
}

/** The calls of other programs in a lane. Undefined where nobody else uses the project. */
export function outsideCalls(plan: SharingPlan, lane: Lane): Outside | undefined {
  if (chance(lane.seeds.project, 0, 21) >= plan.projectShare) return undefined
  const habit = habitOf(plan, lane)
  return {
    calls: callsOf(habit, lane),
    toCome: (now) => plan.quotaShare * lane.quota.requestsPerDay * shareToCome(habit, now),
  }
}

type Habit = {
  readonly tokens: number
  /** Calls in a busy minute. */
  readonly perMinute: number
  /** Share of their minutes that are busy. */
  readonly busyShare: number
  /** The first of their minutes on the first day. */
  readonly from: number
  readonly minutes: number
}

/**
 * In some minutes they spend their share of the minute quota, and in so many minutes that their share of the day quota is spent when
 * their hours end.
 */
function habitOf(plan: SharingPlan, { quota, model, start, seeds }: Lane): Habit {
  const { quotaShare, hoursPerDay } = plan
  const minutes = Math.min(1440, Math.round(hoursPerDay * 60))
  const tokens = Math.round(model.medianTokens)
  const fitting = Math.min(quota.requestsPerMinute, quota.tokensPerMinute / tokens)
  const perMinute = Math.max(1, Math.floor(quotaShare * fitting))
  const busyShare = Math.min(1, (quotaShare * quota.requestsPerDay) / perMinute / minutes)
  const from = start + chance(seeds.project, 1, 21) * (dayMs - minutes * minuteMs)
  return { tokens, perMinute, busyShare, from, minutes }
}

function* callsOf(habit: Habit, { seeds }: Lane): Generator<OutsideCall> {
  const { tokens, perMinute, busyShare, from, minutes } = habit
  for (let day = 0; ; day += 1) {
    for (let minute = 0; minute < minutes; minute += 1) {
      if (chance(seeds.lane, day * 1440 + minute, 22) >= busyShare) continue
      for (let index = 0; index < perMinute; index += 1) {
        const at = from + day * dayMs + (minute + (index + 0.5) / perMinute) * minuteMs
        yield { at, dayEnd: pacificCalendar.nextDay(at), tokens }
      }
    }
  }
}

function shareToCome({ from, minutes }: Habit, now: number): number {
  const passed = (((now - from) % dayMs) + dayMs) % dayMs
  const midnight = pacificCalendar.nextDay(now)
  // Their hours lie within one day: they are still to begin if the next beginning is before midnight.
  const toBegin = now + dayMs - passed < midnight || now < from
  return toBegin ? 1 : Math.max(0, 1 - passed / minuteMs / minutes)
}
