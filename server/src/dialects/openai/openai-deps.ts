import type { IncomingMessage } from 'node:http'
import type { ForwardDeps } from '../../gateway/forward.ts'
import type { Caller, Callers } from '../../http/callers.ts'
import type { ClientConnection } from '../../http/client-connection.ts'
import type { FetchMedia } from '../../media/guarded-fetch.ts'
import type { Catalogue } from '../../models/catalogue.ts'
import type { DerivedModelSettings } from '../../models/derived-models.ts'
import type { ModelSettings } from '../../models/model-name.ts'
import type { PrepareSettings } from '../gemini/prepare-request.ts'
import type { SignatureStore } from './thought-signatures.ts'

export type OpenAiSettings = ModelSettings &
  DerivedModelSettings &
  PrepareSettings & {
    readonly maxRequestBodyMb: number
    readonly customHeaders: Readonly<Record<string, string>>
    /** Whether answers of search models end with their sources; they do unless it is said. */
    readonly showSearchLink: boolean
    /** Whether streams are made of whole answers, with a sign of life every so many seconds until then. */
    readonly fakeStreamEnabled: boolean
    readonly fakeStreamEmptyDataIntervalSeconds: number
    /** Seconds of silence after which a stream that has begun says so; 0 is never. */
    readonly streamKeepAliveSeconds: number
  }

/** What OpenAI's dialects need of the rest. */
export type OpenAiDeps = {
  readonly settings: () => OpenAiSettings
  readonly callers: () => Callers
  readonly forward: ForwardDeps
  readonly catalogue: Catalogue
  readonly signatures: SignatureStore
  readonly fetchMedia: FetchMedia
  /** The version in the paths of Google's API: `v1beta`. */
  readonly version: () => string
  readonly scrub: (text: string) => string
  /** A failure of ours, told to the log. */
  readonly complain: (error: unknown) => void
}

/** One request of a client whom we know. */
export type OpenAiRequest = {
  readonly id: string
  readonly raw: IncomingMessage
  readonly caller: Caller
  readonly client: ClientConnection
  /** What the request log calls the dialect it came in. */
  readonly dialect: string
}
