import { ClientDisconnected } from './client-disconnected.ts'

/** A light AbortSignal: a real one costs more than a lane's bookkeeping, and most requests need none. It is made when asked for. */
export interface ClientSignal {
  readonly aborted: boolean
  /** Aborts when the client disconnects before its answer is complete. */
  readonly abortSignal: AbortSignal
  /** Calls back at most once. Returns the function that unsubscribes. */
  onAbort(callback: () => void): () => void
}

/** To a ClientSignal what an AbortController is to an AbortSignal. */
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

/** For calls that the gateway makes itself. */
export const neverAborted: ClientSignal = {
  aborted: false,
  get abortSignal() {
    return new AbortController().signal
  },
  onAbort: () => () => {},
}
