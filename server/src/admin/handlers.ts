import type { EndpointAnswer, EndpointInput, EndpointName } from '@gemini-balance/contract'

/** One handler for every endpoint of the contract: a missing one does not compile. */
export type Handlers = {
  readonly [N in EndpointName]: (input: EndpointInput<N>) => Promise<EndpointAnswer<N>>
}
