import type { Clock, Random } from '../../runtime/time/clock.ts'

type Deps = { readonly clock: Clock; readonly random: Random }
type Task = {
  /** Read before each round; with 0 or less nothing runs, and it is read again in a minute. */
  readonly everyMs: () => number
  readonly run: () => unknown
}

const idleMs = 60_000
const jitterShare = 0.1

/** Repeats a task, with a tenth of jitter, until the returned function is called. */
export function repeat({ clock, random }: Deps, { everyMs, run }: Task): () => void {
  let cancel: (() => void) | undefined
  const arm = () => {
    const periodMs = everyMs()
    const delayMs = periodMs > 0 ? periodMs * (1 + jitterShare * (2 * random() - 1)) : idleMs
    cancel = clock.at(clock.now() + delayMs, () => {
      if (periodMs > 0 && everyMs() > 0) run()
      arm()
    })
  }
  arm()
  return () => cancel?.()
}
