/** Why a client may not have an answer although keys could give one: a rule of this gateway's operator, not Google's. */
export type AdmissionDenied =
  | {
      readonly kind: 'token-spent'
      /** The limit in words: `requests per minute`. */
      readonly limit: string
      readonly most: number
      /** Undefined where only the end of another call makes room. */
      readonly wakesAt: number | undefined
    }
  | { readonly kind: 'token-forbids'; readonly model: string }

export type Admission =
  | {
      readonly ok: true
      /** To be called once, when the request has ended. */
      readonly release: () => void
    }
  | { readonly ok: false; readonly refusal: AdmissionDenied }
