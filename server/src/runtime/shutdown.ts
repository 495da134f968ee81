/** Closes what has been opened, in reverse order: at the end, or when a start fails halfway. */
export type Shutdown = {
  add(close: () => void | Promise<void>): void
  close(): Promise<void>
}

export function createShutdown(): Shutdown {
  const steps: (() => void | Promise<void>)[] = []
  return {
    add: (close) => void steps.push(close),
    async close() {
      for (let step = steps.pop(); step !== undefined; step = steps.pop()) await step()
    },
  }
}
