import type { UpstreamCall } from '../upstream-call.ts'

/** The parts of `BASE_URL`. */
export type UpstreamAddress = {
  readonly origin: string
  /** The path before the version, without a trailing slash; empty for Google's own address. */
  readonly prefix: string
  /** The version for the gateway's own calls; client requests keep theirs. */
  readonly version: string
}

export type UpstreamSettings = { readonly baseUrl: string }

/** A Google service with generateContent, as data and pure functions. Each platform has its own key engine and gateway. */
export type Platform = {
  readonly name: 'gemini'
  address(settings: UpstreamSettings): UpstreamAddress
  /** Full path and query of a call. */
  pathOf(call: UpstreamCall, address: UpstreamAddress): string
  /** The header that carries the key. */
  credential(key: string, call: UpstreamCall): readonly [name: string, value: string]
}
