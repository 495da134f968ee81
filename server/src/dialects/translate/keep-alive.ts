export interface KeepAlive {
  /** Something was sent: silence begins anew. */
  touch(): void
  close(): void
}

/** Calls `send` after every so long a silence; never, when the time is 0. */
export function createKeepAlive(everyMs: number, send: () => void): KeepAlive {
  if (everyMs <= 0) return { touch: () => {}, close: () => {} }
  const timer = setInterval(send, everyMs)
  timer.unref()
  return {
    touch: () => timer.refresh(),
    close: () => clearInterval(timer),
  }
}
