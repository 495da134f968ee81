/** Why the gateway's own rules refuse a request that the keys could serve. */
export type AdmissionDenied =
  | {
      readonly kind: 'token-spent'
      /** Such as `requests per minute`. */
      readonly limit: string
      readonly most: number
      /** Undefined where only the end of another request frees capacity. */
      readonly wakesAt: number | undefined
    }
  | { readonly kind: 'token-forbids'; readonly model: string }

export class AdmissionError extends Error {
  readonly denied: AdmissionDenied

  constructor(denied: AdmissionDenied) {
    super(`The client token was not admitted: ${denied.kind}.`)
    this.name = 'AdmissionError'
    this.denied = denied
  }
}

/** Not exported, so that only this file can admit a request. */
class Admission {
  readonly #isAdmitted = true

  get isAdmitted(): boolean {
    return this.#isAdmitted
  }
}

/** Proves that a request was admitted: the gateway serves none without it. */
export type Admitted = Admission

const admitted = new Admission()

/** For requests that no limit counts: the gateway's own calls, and lists of models. */
export const uncounted: Admitted = admitted

/** A counted request, or why it was refused. */
export type BegunCall =
  | {
      readonly ok: true
      /** Call once, when the request has ended. */
      readonly release: () => void
    }
  | { readonly ok: false; readonly denied: AdmissionDenied }

/** Counts the requests of client tokens. */
export type CallCounter = {
  begin(call: { readonly caller: string; readonly model: string }, now: number): BegunCall
}

/** Admits one client request, which may take several calls to Google. */
export class RequestAdmission {
  readonly #counter: CallCounter
  readonly #caller: Pick<AdmittedCaller, 'id' | 'mayUse'>
  readonly #now: () => number
  #release: (() => void) | undefined

  constructor(counter: CallCounter, caller: AdmittedCaller, now: () => number) {
    this.#counter = counter
    this.#caller = caller
    this.#now = now
  }

  /** Counts the request once. Throws AdmissionError when a limit is reached or the model is not allowed. */
  admit(model: string): Admitted {
    if (this.#release === undefined) {
      const begun = this.#counter.begin({ caller: this.#caller.id, model }, this.#now())
      if (!begun.ok) throw new AdmissionError(begun.denied)
      this.#release = begun.release
    } else if (model !== '' && !this.#caller.mayUse(model)) {
      throw new AdmissionError({ kind: 'token-forbids', model })
    }
    return admitted
  }

  /** Call when the request has ended. */
  release(): void {
    const release = this.#release
    this.#release = undefined
    release?.()
  }
}

type AdmittedCaller = { readonly id: string; mayUse(model: string): boolean }
