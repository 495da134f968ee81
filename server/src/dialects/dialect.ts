import type { ClientDialect } from '@gemini-balance/contract'
import type { IncomingMessage } from 'node:http'
import type { Admitted } from '../auth/clients/admission.ts'
import type { Caller } from '../auth/clients/token-registry.ts'
import type { ClientConnection, HttpAnswer } from '../http/client-connection.ts'
import type { DataRoute } from '../http/data-plane.ts'
import type { CredentialKind } from './credential-kind.ts'
import type { Failure } from './failures.ts'

/** A client-side wire format: its paths, credentials and error shape. `mount` turns it into routes. */
export type Dialect = {
  readonly name: ClientDialect
  readonly operations: readonly Operation[]
  renderFailure(failure: Failure): HttpAnswer
}

export type Operation = {
  readonly methods: DataRoute['methods']
  /** A final `*` matches any rest of the path. */
  readonly paths: readonly string[]
  /** Restricts a path that several dialects share to clients with this kind of credential. */
  readonly credential?: CredentialKind
  readonly body: 'none' | 'whole'
  /** May throw ClientError, FailureError or AdmissionError; `mount` renders them. */
  serve(request: ClientRequest): Promise<void>
}

/** A request of an identified client. */
export type ClientRequest = {
  readonly id: string
  readonly raw: IncomingMessage
  readonly path: string
  readonly query: URLSearchParams | undefined
  /** Empty when the operation reads no body. */
  readonly body: Buffer
  readonly client: ClientConnection
  readonly caller: Caller
  /** Counts the request toward its token's limits, once for any number of calls. Throws AdmissionError. */
  admit(model: string): Admitted
}
