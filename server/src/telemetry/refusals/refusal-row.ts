/** A request that the gateway refused before Google was asked, or some that were left out. */
export type RefusalRow = {
  readonly at: number
  /** Empty where several are counted. */
  readonly requestId: string
  /** A dialect, `admin`, or `none` where nothing is served. */
  readonly surface: string
  /** `POST`; empty where there was no HTTP. */
  readonly verb: string
  /** Without its query, which may hold a credential. */
  readonly path: string
  readonly code: string
  readonly status: number
  /** The id of a client token. */
  readonly caller: string | undefined
  readonly address: string
  /** As the client was told. */
  readonly message: string
  /** How many others of this code were not written. */
  readonly leftOut: number
}
