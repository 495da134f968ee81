import type { Clock } from '../../runtime/time/clock.ts'

/** Pauses that end at once when it is closed. */
export type Pauser = {
  readonly closed: boolean
  pause(ms: number): Promise<void>
  close(): void
}

export function pauser(clock: Clock): Pauser {
  let closed = false
  let end: (() => void) | undefined
  return {
    get closed() {
      return closed
    },
    pause(ms) {
      if (closed || ms <= 0) return Promise.resolve()
      return new Promise((resolve) => {
        const cancel = clock.at(clock.now() + ms, resolve)
        end = () => {
          cancel()
          resolve()
        }
      })
    },
    close() {
      closed = true
      end?.()
    },
  }
}
