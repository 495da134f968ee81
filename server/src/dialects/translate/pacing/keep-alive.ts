export interface KeepAlive {
  /** Restarts the timer. */
  touch(): void
  close(): void
}

/** Calls `send` after each interval without `touch`; 0 disables it. */
export function createKeepAlive(intervalMs: number, send: () => void): KeepAlive {
  if (intervalMs <= 0) return { touch: () => {}, close: () => {} }
  const timer = setInterval(send, intervalMs)
  timer.unref()
  return {
    touch: () => timer.refresh(),
    close: () => clearInterval(timer),
  }
}
