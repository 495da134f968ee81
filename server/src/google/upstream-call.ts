import type { Headers } from '../runtime/headers.ts'

/** How Google frames the answer to a call. */
export type Framing = 'unary' | 'sse' | 'array'

/** The header in which the key travels. */
export type Credential = 'x-goog-api-key' | 'bearer'

export type UpstreamMethod = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/** One request to Google as every attempt sends it: complete but for the key. */
export type UpstreamCall = {
  readonly method: UpstreamMethod
  /** Path and query below the upstream's prefix: `/v1beta/models/x:generateContent?alt=sse`. */
  readonly path: string
  readonly headers: Headers
  /** The bytes to send; parts are sent one after the other, never copied together when large. */
  readonly body: readonly Buffer[]
  readonly framing: Framing
  /** Whether the answer is a GenerateContentResponse, whose emptiness means something. */
  readonly generates: boolean
  /** Whether the request names a file, cache, batch or other resource of one project. */
  readonly usesResource: boolean
  /** `x-goog-api-key` when not given. */
  readonly credential?: Credential
  /** Whose words the answer is in, but for errors, which are always Google's; Google's own when not given. */
  readonly shape?: 'openai'
}
