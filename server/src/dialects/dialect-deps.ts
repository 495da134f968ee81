import type { IncomingMessage } from 'node:http'
import type { ForwardDeps } from '../gateway/forward.ts'
import type { Callers } from '../auth/clients/credentials.ts'
import type { ClientConnection } from '../http/client-connection.ts'
import type { Catalogue } from '../google/models/catalogue.ts'
import type { DerivedModelSettings } from '../google/models/derived-models.ts'
import type { ModelSettings } from '../google/models/model-name.ts'
import type { Caller } from '../auth/clients/token-registry.ts'
import type { PrepareSettings } from '../google/requests/prepare-request.ts'

/** The settings that every dialect goes by. */
export type DialectSettings = ModelSettings &
  DerivedModelSettings &
  PrepareSettings & {
    readonly maxRequestBodyMb: number
    readonly customHeaders: Readonly<Record<string, string>>
  }

/** What every dialect needs of the rest. */
export type DialectDeps<Settings extends DialectSettings = DialectSettings> = {
  readonly settings: () => Settings
  readonly callers: Callers
  readonly forward: ForwardDeps
  readonly catalogue: Catalogue
  readonly scrub: (text: string) => string
  /** A failure of ours, told to the log. */
  readonly onError: (error: unknown) => void
}

/** One request of a client whom we know. */
export type KnownRequest = {
  readonly id: string
  readonly raw: IncomingMessage
  readonly caller: Caller
  readonly client: ClientConnection
}
