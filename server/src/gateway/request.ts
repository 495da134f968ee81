import type { Admitted } from '../auth/clients/admission.ts'
import type { UpstreamCall } from '../google/upstream-call.ts'
import type { KeyRequest } from '../keys/types.ts'

/** What the gateway needs to serve a request: key requirements and the call to Google. */
export type GatewayRequest = {
  readonly id: string
  readonly admitted: Admitted
  readonly key: KeyRequest
  readonly call: UpstreamCall
  readonly labels: RequestLabels
  /** The client's own time-out, if it sends one. */
  readonly patienceMs?: number | undefined
  /** False when the request has a fallback that needs no wait. Default: true. */
  readonly mayWait?: boolean
}

/** Labels of a request in the request log. */
export type RequestLabels = {
  readonly dialect: string
  readonly method: string
  /** The client token's id. */
  readonly caller: string
  readonly streamed: boolean
}
