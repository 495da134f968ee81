import type { UpstreamMethod } from '../../google/upstream-call.ts'
import type { DialectDeps, KnownRequest } from '../dialect-deps.ts'

/** What the native dialect needs of the rest. */
export type GeminiDeps = DialectDeps

/** One request of the native dialect, read as far as its path. */
export type NativeRequest = KnownRequest & {
  readonly method: UpstreamMethod
  readonly version: string
  readonly rest: string
  readonly query: URLSearchParams | undefined
}
