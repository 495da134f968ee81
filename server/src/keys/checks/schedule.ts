import type { Clock, Random } from '../../runtime/clock.ts'

type Deps = { readonly clock: Clock; readonly random: Random }
type Task = {
  /** Asked before each round; 0 or less: not now, and asked again in a minute. */
  readonly everyMs: () => number
  readonly run: () => unknown
}

const idleLookMs = 60_000
const jitterShare = 0.1

/** Runs a task again and again, give or take a tenth, until the returned function is called. */
export function repeat({ clock, random }: Deps, { everyMs, run }: Task): () => void {
  let cancel: (() => void) | undefined
  const arm = () => {
    const periodMs = everyMs()
    const delayMs = periodMs > 0 ? periodMs * (1 + jitterShare * (2 * random() - 1)) : idleLookMs
    cancel = clock.at(clock.now() + delayMs, () => {
      if (periodMs > 0 && everyMs() > 0) run()
      arm()
    })
  }
  arm()
  return () => cancel?.()
}
