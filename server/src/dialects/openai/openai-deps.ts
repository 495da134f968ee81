import type { FetchMedia } from '../media/public-fetch.ts'
import type { DialectDeps, DialectSettings, KnownRequest } from '../dialect-deps.ts'
import type { ImageChatSettings } from './chat/image-chat.ts'
import type { SignatureStore } from '../translate/thought-signatures.ts'

export type OpenAiSettings = DialectSettings &
  ImageChatSettings & {
    /** Whether answers of search models end with their sources; they do unless it is said. */
    readonly showSearchLink: boolean
    /** Whether streams are made of whole answers, with a sign of life every so many seconds until then. */
    readonly fakeStreamEnabled: boolean
    readonly fakeStreamEmptyDataIntervalSeconds: number
    /** Whether the text of streams is written in small pieces; the delays between them are seconds. */
    readonly streamOptimizerEnabled: boolean
    readonly streamMinDelay: number
    readonly streamMaxDelay: number
    readonly streamShortTextThreshold: number
    readonly streamLongTextThreshold: number
    readonly streamChunkSize: number
    /** Seconds of silence after which a stream that has begun says so; 0 is never. */
    readonly streamKeepAliveSeconds: number
  }

/** What OpenAI's dialects need of the rest. */
export type OpenAiDeps = DialectDeps<OpenAiSettings> & {
  readonly signatures: SignatureStore
  readonly fetchMedia: FetchMedia
  /** The version in the paths of Google's API: `v1beta`. */
  readonly version: () => string
}

/** One request in a dialect of OpenAI's. */
export type OpenAiRequest = KnownRequest & {
  /** What the request log calls the dialect it came in. */
  readonly dialect: string
}
