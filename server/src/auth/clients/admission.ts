/** Why a client token may not make a request, by its operator's rules. Google's quotas have no part in it. */
export type AdmissionDenied =
  | {
      readonly kind: 'token-spent'
      /** The limit in words: `requests per minute`. */
      readonly limit: string
      readonly most: number
      /** Undefined where only the end of another request makes room. */
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

/** Stays in this file, so that nobody else can admit a request. */
class Admission {
  readonly #isAdmitted = true

  get isAdmitted(): boolean {
    return this.#isAdmitted
  }
}

/** Proof that a request may be served: the gateway takes none without it. */
export type Admitted = Admission

const admitted = new Admission()

/** For what counts toward no token's limits: the gateway's own calls, and lists of models. */
export const uncounted: Admitted = admitted

/** A count that was begun, or why it was not. */
export type BegunCall =
  | {
      readonly ok: true
      /** To be called once, when the request has ended. */
      readonly release: () => void
    }
  | { readonly ok: false; readonly denied: AdmissionDenied }

/** Where the requests of tokens are counted. */
export type CallCounter = {
  begin(call: { readonly caller: string; readonly model: string }, now: number): BegunCall
}

/** The admission of one request of a client, however many calls to Google it takes. */
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

  /** Counts the request, once. Throws AdmissionError when the token has no room, or may not use the model. */
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

  /** The request has ended. */
  release(): void {
    const release = this.#release
    this.#release = undefined
    release?.()
  }
}

type AdmittedCaller = { readonly id: string; mayUse(model: string): boolean }
