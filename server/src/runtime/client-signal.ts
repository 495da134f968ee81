import { ClientDisconnected } from './client-disconnected.ts'

/**
 * Whether the client of a request is still there. Lighter than an AbortSignal, which costs more than a whole lane's bookkeeping and
 * which most requests never need: one is made for those that ask.
 */
export interface ClientSignal {
  readonly aborted: boolean
  /** Aborts when the client leaves before its answer is complete. */
  readonly abortSignal: AbortSignal
  /** Calls back once, when the client leaves. The returned function takes that back. */
  onAbort(callback: () => void): () => void
}

/** A presence that somebody else ends. */
export class ClientAbort implements ClientSignal {
  aborted = false
  #callbacks: (() => void)[] = []
  #controller: AbortController | undefined

  get abortSignal(): AbortSignal {
    this.#controller ??= new AbortController()
    if (this.aborted) this.#controller.abort(new ClientDisconnected())
    return this.#controller.signal
  }

  onAbort(callback: () => void): () => void {
    this.#callbacks.push(callback)
    return () => {
      const at = this.#callbacks.indexOf(callback)
      if (at !== -1) this.#callbacks.splice(at, 1)
    }
  }

  abort(): void {
    if (this.aborted) return
    this.aborted = true
    this.#controller?.abort(new ClientDisconnected())
    for (const callback of this.#callbacks.splice(0)) callback()
  }
}

/** Who makes a call of the gateway's own does not leave. */
export const neverAborted: ClientSignal = {
  aborted: false,
  get abortSignal() {
    return new AbortController().signal
  },
  onAbort: () => () => {},
}
