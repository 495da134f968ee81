import type { IncomingMessage } from 'node:http'
import type { IncomingHeaders } from '../trusted-proxies.ts'
import type { Caller } from './token-registry.ts'

/** The clients that may call. */
export type Callers = {
  /** Finds the caller by any of the credentials; undefined when none is known. */
  identify(credentials: readonly string[], from?: IncomingHeaders): Caller | undefined
}

/** The credentials of a request, in the order they are tried: `?key=`, `x-goog-api-key`, Bearer. */
export function credentialsOf(
  request: IncomingMessage,
  query: URLSearchParams | undefined,
): string[] {
  const header = request.headers['x-goog-api-key']
  const candidates = [
    query?.get('key'),
    typeof header === 'string' ? header : undefined,
    bearerOf(request),
  ]
  return candidates.filter((one) => typeof one === 'string')
}

export function bearerOf({ headers }: Pick<IncomingMessage, 'headers'>): string | undefined {
  const { authorization } = headers
  return authorization === undefined ? undefined : /^Bearer (.+)$/i.exec(authorization)?.[1]?.trim()
}
