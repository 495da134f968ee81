import type { EndpointName, ErrorCode } from '@gemini-balance/contract'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { AdminIdentity, AdminAccess } from '../../auth/admins/admin-access.ts'
import { isSameOrigin } from '../../auth/admins/same-origin.ts'
import { readSessionCookie } from '../../auth/admins/session-cookie.ts'
import type { RequestOrigin, TrustedProxies } from '../../auth/trusted-proxies.ts'
import { bearerOf } from '../../auth/clients/credentials.ts'
import { sendProblem } from './send-error.ts'

/** An admin request on its way to its handler. */
export type AdminCall = {
  readonly name: EndpointName
  readonly request: FastifyRequest
  readonly reply: FastifyReply
  readonly origin: RequestOrigin
  readonly identity: AdminIdentity
}

export type AccessDenied = {
  readonly code: Extract<
    ErrorCode,
    'unauthorized' | 'wrong_token' | 'cross_origin' | 'too_many_attempts'
  >
  readonly retryAfterMs?: number
}

export type AdminGuard = {
  readonly access: AdminAccess
  readonly trusted: () => TrustedProxies
}

/** Who sends the request. Public endpoints read the cookie only: a wrong token there is not a guess. */
export function identifyAdmin(
  { access, trusted }: AdminGuard,
  { raw }: FastifyRequest,
  isPublic: boolean,
): Pick<AdminCall, 'origin' | 'identity'> {
  const origin = trusted().originOf(raw)
  const cookie = readSessionCookie(raw.headers.cookie, origin.isSecure)
  const bearer = isPublic ? undefined : bearerOf(raw)
  return { origin, identity: access.identify({ address: origin.address, bearer, cookie }) }
}

/** Why the request is denied; undefined where it is not. */
export function denialOf(
  { request, origin, identity }: Omit<AdminCall, 'name' | 'reply'>,
  isPublic: boolean,
): AccessDenied | undefined {
  if (!isPublic) {
    if (identity.kind === 'throttled') return throttled(identity.retryAfterMs)
    if (identity.kind === 'nobody') return { code: 'unauthorized' }
    if (identity.kind !== 'token' && identity.kind !== 'session') return { code: 'wrong_token' }
  }
  // A browser sends a cookie by itself, and a page of another origin could log its visitor in.
  if (identity.kind === 'token' || isSameOrigin(senderOf(request, origin))) return undefined
  return { code: 'cross_origin' }
}

function senderOf({ method, headers }: FastifyRequest, { host }: RequestOrigin) {
  const site = headers['sec-fetch-site']
  return {
    method,
    origin: headers.origin,
    site: typeof site === 'string' ? site : undefined,
    host,
  }
}

export const throttled = (retryAfterMs: number): AccessDenied => ({
  code: 'too_many_attempts',
  retryAfterMs,
})

export function sendDenial(reply: FastifyReply, { code, retryAfterMs }: AccessDenied) {
  if (code === 'unauthorized' || code === 'wrong_token') reply.header('www-authenticate', 'Bearer')
  if (retryAfterMs !== undefined) reply.header('retry-after', String(secondsOf(retryAfterMs)))
  return sendProblem(reply, code)
}

const secondsOf = (ms: number) => Math.max(1, Math.ceil(ms / 1000))
