import type { EndpointAnswer, EndpointInput, PlainEndpointName } from '@gemini-balance/contract'

/** Who asks, as the audit log names them. */
export type AdminCaller = {
  readonly name: string
  /** The session that asks, when it is one. */
  readonly session?: string
}

/** One handler for every endpoint of the contract that answers with JSON: a missing one does not compile. */
export type Handlers = {
  readonly [N in PlainEndpointName]: (
    input: EndpointInput<N>,
    by: AdminCaller,
  ) => Promise<EndpointAnswer<N>>
}
