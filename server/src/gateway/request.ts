import type { Admitted } from '../auth/clients/admission.ts'
import type { UpstreamCall } from '../google/upstream-call.ts'
import type { KeyRequest } from '../keys/types.ts'

/** A request as the gateway serves it: which key it needs, and what to send with it. */
export type GatewayRequest = {
  readonly id: string
  readonly admitted: Admitted
  readonly key: KeyRequest
  readonly call: UpstreamCall
  readonly labels: RequestLabels
  /** Milliseconds the client itself is willing to wait, where it says so. */
  readonly patienceMs?: number | undefined
  /** Whether it may wait for a key; false where it can be served another way at once. */
  readonly mayWait?: boolean
}

/** What the request log says of a request beside its attempts. */
export type RequestLabels = {
  readonly dialect: string
  readonly method: string
  /** The client token's id. */
  readonly caller: string
  readonly streamed: boolean
}
