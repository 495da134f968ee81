import type { Clock } from './clock.ts'

/** Longer waits are split, since setTimeout cannot hold them. */
const longestTimerMs = 2 ** 31 - 1

export const realClock: Clock = {
  now: () => Date.now(),
  at(at, wake) {
    let timer: NodeJS.Timeout
    const set = () => {
      const ms = Math.max(0, at - Date.now())
      timer = ms > longestTimerMs ? setTimeout(set, longestTimerMs) : setTimeout(wake, ms)
      timer.unref()
    }
    set()
    return () => clearTimeout(timer)
  },
}
