import { hash, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'

/** Somebody who may call. `id` names a token in logs without telling anything of it. */
export type Caller = { readonly id: string; readonly isAdmin: boolean }

export type CallerSettings = {
  readonly allowedTokens: readonly string[]
  readonly authToken: string
}

export interface Callers {
  /** Who sends this request, by any of the places a credential may be in; undefined when nobody we know. */
  identify(credentials: readonly string[]): Caller | undefined
}

/** Knows the tokens by their digests only. An empty token is nobody. */
export function createCallers(settings: CallerSettings): Callers {
  const known = new Map<string, { digest: Buffer; caller: Caller }>()
  const add = (token: string, isAdmin: boolean) => {
    if (token === '') return
    const digest = digestOf(token)
    const id = digest.toString('hex').slice(0, 12)
    known.set(digest.toString('latin1'), { digest, caller: { id, isAdmin } })
  }
  for (const token of settings.allowedTokens) add(token, false)
  add(settings.authToken, true)

  return {
    identify(credentials) {
      for (const credential of credentials) {
        if (credential === '') continue
        const digest = digestOf(credential)
        // The look-up goes by digest, which nobody can steer; the comparison that decides takes constant time.
        const found = known.get(digest.toString('latin1'))
        if (found !== undefined && timingSafeEqual(found.digest, digest)) return found.caller
      }
      return undefined
    },
  }
}

function digestOf(token: string): Buffer {
  return hash('sha256', token, 'buffer')
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
