import type { IncomingMessage } from 'node:http'
import type { UpstreamMethod } from '../../gateway/call.ts'
import type { ForwardDeps } from '../../gateway/forward.ts'
import type { Caller, Callers } from '../../http/callers.ts'
import type { ClientConnection } from '../../http/client-connection.ts'
import type { Catalogue } from '../../models/catalogue.ts'
import type { DerivedModelSettings } from '../../models/derived-models.ts'
import type { ModelSettings } from '../../models/model-name.ts'
import type { PrepareSettings } from './prepare-request.ts'

export type GeminiSettings = ModelSettings &
  DerivedModelSettings &
  PrepareSettings & {
    readonly maxRequestBodyMb: number
    readonly customHeaders: Readonly<Record<string, string>>
  }

/** What the native dialect needs of the rest. */
export type GeminiDeps = {
  readonly settings: () => GeminiSettings
  readonly callers: () => Callers
  readonly forward: ForwardDeps
  readonly catalogue: Catalogue
  readonly scrub: (text: string) => string
  /** A failure of ours, told to the log. */
  readonly complain: (error: unknown) => void
}

/** One request of the native dialect, read as far as its path. */
export type NativeRequest = {
  readonly id: string
  readonly raw: IncomingMessage
  readonly method: UpstreamMethod
  readonly version: string
  readonly rest: string
  readonly query: URLSearchParams | undefined
  readonly caller: Caller
  readonly client: ClientConnection
}
