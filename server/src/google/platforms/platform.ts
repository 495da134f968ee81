import type { UpstreamCall } from '../upstream-call.ts'

/** Where a platform is: `BASE_URL` taken apart. */
export type UpstreamAddress = {
  readonly origin: string
  /** A path in front of the version, without a slash at its end; empty for Google itself. */
  readonly prefix: string
  /** The version of calls that the gateway makes by itself. A client's own version always wins. */
  readonly version: string
}

export type UpstreamSettings = { readonly baseUrl: string }

/** A service of Google's that answers generateContent: data and pure functions. Each has its own key engine and its own gateway. */
export type Platform = {
  readonly name: 'gemini'
  address(settings: UpstreamSettings): UpstreamAddress
  /** The whole path and query of a call. */
  pathOf(call: UpstreamCall, address: UpstreamAddress): string
  /** The one header in which the key travels. */
  credential(key: string, call: UpstreamCall): readonly [name: string, value: string]
}
