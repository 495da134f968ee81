import type { ClientDialect } from '@gemini-balance/contract'
import type { IncomingMessage } from 'node:http'
import type { Admitted } from '../auth/clients/admission.ts'
import type { Caller } from '../auth/clients/token-registry.ts'
import type { ClientConnection, HttpAnswer } from '../http/client-connection.ts'
import type { DataRoute } from '../http/data-plane.ts'
import type { CredentialKind } from './credential-kind.ts'
import type { Failure } from './failures.ts'

/** A client-side wire format. `mount` turns it into routes; nothing else knows its paths, its credential or its error shape. */
export type Dialect = {
  readonly name: ClientDialect
  readonly operations: readonly Operation[]
  /** The only place that knows its error shape. */
  renderFailure(failure: Failure): HttpAnswer
}

export type Operation = {
  readonly methods: DataRoute['methods']
  /** `*` at the end of a path stands for anything that follows. */
  readonly paths: readonly string[]
  /** Set where dialects share the path: only for clients with this kind of credential. */
  readonly credential?: CredentialKind
  readonly body: 'none' | 'whole'
  /** May throw ClientError, FailureError or AdmissionError: `mount` answers with what they say. */
  serve(request: ClientRequest): Promise<void>
}

/** A request of a known client. */
export type ClientRequest = {
  readonly id: string
  readonly raw: IncomingMessage
  readonly path: string
  readonly query: URLSearchParams | undefined
  /** Empty where the operation takes none. */
  readonly body: Buffer
  readonly client: ClientConnection
  readonly caller: Caller
  /** Counts the request for its token, once, however many calls it takes. Throws AdmissionError. */
  admit(model: string): Admitted
}
