import type { EndpointAnswer, EndpointInput, EndpointName } from '@gemini-balance/contract'

/** Who asks, as the audit log names them. */
export type AdminCaller = { readonly name: string }

/** One handler for every endpoint of the contract: a missing one does not compile. */
export type Handlers = {
  readonly [N in EndpointName]: (
    input: EndpointInput<N>,
    by: AdminCaller,
  ) => Promise<EndpointAnswer<N>>
}
