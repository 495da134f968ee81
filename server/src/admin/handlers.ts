import type { EndpointAnswer, EndpointInput, PlainEndpointName } from '@gemini-balance/contract'

/** Who sends the request, for the audit log. */
export type AdminCaller = {
  readonly name: string
  /** The id of the session, where it is one. */
  readonly session?: string
  /** Of the request, by which the audit log finds it. */
  readonly requestId?: string
}

/** One handler for every endpoint that answers with JSON: a missing one does not compile. */
export type Handlers = {
  readonly [N in PlainEndpointName]: (
    input: EndpointInput<N>,
    by: AdminCaller,
  ) => Promise<EndpointAnswer<N>>
}
