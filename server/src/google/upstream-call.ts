import type { Headers } from '../runtime/streams/headers.ts'

/** How Google frames the answer to a call. */
export type Framing = 'unary' | 'sse' | 'array'

/** The header that carries the key. */
export type Credential = 'x-goog-api-key' | 'bearer'

export type UpstreamMethod = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/** A request to Google, complete except for the key, as every attempt sends it. */
export type UpstreamCall = {
  readonly method: UpstreamMethod
  /** Path and query below the upstream's prefix: `/v1beta/models/x:generateContent?alt=sse`. */
  readonly path: string
  readonly headers: Headers
  /** Pieces to send in order; large ones are never copied into one buffer. */
  readonly body: readonly Buffer[]
  readonly framing: Framing
  /** Whether the answer is generated, so that an empty one is a failure. */
  readonly generates: boolean
  /** Whether the request names a file, cache, batch or other resource of one project. */
  readonly usesResource: boolean
  /** Default: `x-goog-api-key`. */
  readonly credential?: Credential
  /** The format of the answer; default: Gemini's. Errors always have Google's format. */
  readonly shape?: 'openai'
}
