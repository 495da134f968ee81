/** Something that happened, for admins who watch. Never holds a secret. */
export type LiveEvent = { readonly kind: string; readonly data: object }

/** Publishes events to subscribers. Listeners must not wait. */
export type EventBus = {
  publish(kind: string, data: object): void
  /** Returns the function that unsubscribes. */
  subscribe(listener: (event: LiveEvent) => void): () => void
  /** Without subscribers, expensive events need not be built. */
  hasSubscribers(): boolean
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
    hasSubscribers: () => listeners.size > 0,
  }
}
