/** Something that happened, for whoever looks on. Never a secret. */
export type LiveEvent = { readonly kind: string; readonly data: object }

/** Tells those who look on what happens. Nobody waits for them. */
export type EventBus = {
  publish(kind: string, data: object): void
  /** Returns the end of the subscription. */
  subscribe(listener: (event: LiveEvent) => void): () => void
  /** Whether anybody looks on: what is dear to say need not be said to nobody. */
  isWatched(): boolean
}

export function createEventBus(): EventBus {
  const listeners = new Set<(event: LiveEvent) => void>()
  return {
    publish(kind, data) {
      for (const listener of listeners) listener({ kind, data })
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    isWatched: () => listeners.size > 0,
  }
}
