import { pause, write } from './call.ts'
import type { Call } from './call.ts'

const microsecondsPerSecond = 1_000_000

/** The monotonic clock, which all processes of a machine share. */
function clockUs(): number {
  const [seconds, nanoseconds] = process.hrtime()
  return seconds * microsecondsPerSecond + Math.round(nanoseconds / 1000)
}

export type Tick = {
  /** The event before and after the time in it. */
  readonly before: string
  readonly after: string
  readonly everyMs: number
}

/** Sends the event at once and again at every tick, each with the time when it is written, until the client leaves. */
export async function sendTicks(call: Call, { before, after, everyMs }: Tick): Promise<void> {
  let isOpen = true
  while (isOpen) {
    isOpen = (await write(call, `${before}${clockUs()}${after}`)) && (await pause(call, everyMs))
  }
}
