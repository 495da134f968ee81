import { ClientLeft } from './client-disconnected.ts'

/**
 * Whether the client of a request is still there. Lighter than an AbortSignal, which costs more than a whole lane's bookkeeping and
 * which most requests never need: one is made for those that ask.
 */
export interface Presence {
  readonly hasLeft: boolean
  /** Aborts when the client leaves before its answer is complete. */
  readonly signal: AbortSignal
  /** Calls back once, when the client leaves. The returned function takes that back. */
  onLeave(callback: () => void): () => void
}

/** A presence that somebody else ends. */
export class Visit implements Presence {
  hasLeft = false
  #callbacks: (() => void)[] = []
  #controller: AbortController | undefined

  get signal(): AbortSignal {
    this.#controller ??= new AbortController()
    if (this.hasLeft) this.#controller.abort(new ClientLeft())
    return this.#controller.signal
  }

  onLeave(callback: () => void): () => void {
    this.#callbacks.push(callback)
    return () => {
      const at = this.#callbacks.indexOf(callback)
      if (at !== -1) this.#callbacks.splice(at, 1)
    }
  }

  leave(): void {
    if (this.hasLeft) return
    this.hasLeft = true
    this.#controller?.abort(new ClientLeft())
    for (const callback of this.#callbacks.splice(0)) callback()
  }
}

/** Who makes a call of the gateway's own does not leave. */
export const alwaysThere: Presence = {
  hasLeft: false,
  get signal() {
    return new AbortController().signal
  },
  onLeave: () => () => {},
}
