import type { IncomingMessage } from 'node:http'
import type { Arriving } from '../trusted-proxies.ts'
import type { Caller } from './token-registry.ts'

/** Knows who may call. */
export type Callers = {
  /** Who sends this, by any of the places a credential may be in; undefined when nobody we know. */
  identify(credentials: readonly string[], from?: Arriving): Caller | undefined
}

/** What a request offers as credentials, in the order in which they are tried: `?key=`, `x-goog-api-key`, Bearer. */
export function credentialsOf(
  request: IncomingMessage,
  query: URLSearchParams | undefined,
): string[] {
  const header = request.headers['x-goog-api-key']
  const offered = [
    query?.get('key'),
    typeof header === 'string' ? header : undefined,
    bearerOf(request),
  ]
  return offered.filter((one) => typeof one === 'string')
}

export function bearerOf({ headers }: IncomingMessage): string | undefined {
  const { authorization } = headers
  return authorization === undefined ? undefined : /^Bearer (.+)$/i.exec(authorization)?.[1]?.trim()
}
