import type { EndpointName } from '@gemini-balance/contract'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { AdminIdentity, AdminAccess } from '../../auth/admins/admin-access.ts'
import { isSameOrigin } from '../../auth/admins/same-origin.ts'
import { readSessionCookie } from '../../auth/admins/session-cookie.ts'
import type { RequestOrigin, TrustedProxies } from '../../auth/trusted-proxies.ts'
import { bearerOf } from '../../auth/clients/credentials.ts'

/** An admin request on its way to what answers it. */
export type AdminCall = {
  readonly name: EndpointName
  readonly request: FastifyRequest
  readonly reply: FastifyReply
  readonly arrival: RequestOrigin
  readonly access: AdminIdentity
}

/** Why a request goes no further. */
export type AccessDenied = {
  readonly status: 401 | 403 | 429
  readonly code: string
  readonly message: string
  readonly retryAfterMs?: number
}

export type AdminGuard = {
  readonly access: AdminAccess
  readonly trusted: () => TrustedProxies
}

/** Who this is, as far as requests tell. What is for everybody looks at the cookie only: a token that is wrong there is no guess. */
export function whoComes(
  { access, trusted }: AdminGuard,
  { raw }: FastifyRequest,
  isPublic: boolean,
): Pick<AdminCall, 'arrival' | 'access'> {
  const arrival = trusted().originOf(raw)
  const cookie = readSessionCookie(raw.headers.cookie, arrival.isSecure)
  const bearer = isPublic ? undefined : bearerOf(raw)
  return { arrival, access: access.identify({ address: arrival.address, bearer, cookie }) }
}

/** Why somebody may not, or undefined. */
export function refusalOf(
  { request, arrival, access }: Omit<AdminCall, 'name' | 'reply'>,
  isPublic: boolean,
): AccessDenied | undefined {
  if (!isPublic && access.kind === 'throttled') return waiting(access.retryAfterMs)
  if (!isPublic && access.kind === 'nobody') return nobody
  if (!isPublic && (access.kind === 'wrong-token' || access.kind === 'client-token')) {
    return wrongToken
  }
  // A token is sent by whoever means to; a cookie goes along by itself, and a login may be slipped to somebody.
  if (access.kind !== 'token' && !isSameOrigin(senderOf(request, arrival))) return foreignPage
  return undefined
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

const nobody: AccessDenied = {
  status: 401,
  code: 'unauthorized',
  message: 'Log in, or send the admin token (AUTH_TOKEN) as Authorization: Bearer.',
}

export const wrongToken: AccessDenied = {
  status: 401,
  code: 'wrong-token',
  message: 'This is not the admin token (AUTH_TOKEN). Client tokens open nothing here.',
}

const foreignPage: AccessDenied = {
  status: 403,
  code: 'foreign-page',
  message:
    'The request comes from a page of another origin. Behind a proxy that changes Host, name it in TRUSTED_PROXIES and let it send X-Forwarded-Host.',
}

export const waiting = (retryAfterMs: number): AccessDenied => ({
  status: 429,
  code: 'wait',
  message: 'Too many wrong tokens came from this address. Wait as long as Retry-After says.',
  retryAfterMs,
})

export function sendRefusal(reply: FastifyReply, refusal: AccessDenied) {
  const { status, code, message, retryAfterMs } = refusal
  if (status === 401) reply.header('www-authenticate', 'Bearer')
  if (retryAfterMs !== undefined) reply.header('retry-after', String(secondsOf(retryAfterMs)))
  return reply.code(status).send(problem(code, message))
}

const secondsOf = (ms: number) => Math.max(1, Math.ceil(ms / 1000))

export const problem = (code: string, message: string) => ({ error: { code, message } })
