import { z } from 'zod'
import type { Endpoint } from './endpoint.ts'
import { done, moment, nothing } from './shapes.ts'

const sessionView = z.object({
  id: z.string(),
  createdAt: moment,
  expiresAt: moment,
  lastSeenAt: moment,
  address: z.string(),
  userAgent: z.string(),
  /** Whether it is the session of the request. */
  isOwn: z.boolean(),
})

const signedIn = z.object({ signedIn: z.boolean(), expiresAt: moment.optional() })
export const adminToken = z.string().max(1000)

/** Logging in and out, and the open sessions. */
export const sessionEndpoints = {
  getSession: {
    method: 'GET',
    path: '/api/session',
    help: 'Whether the cookie of the request is a session, and until when.',
    input: nothing,
    answer: signedIn,
    isPublic: true,
    isRaw: true,
  },
  login: {
    method: 'POST',
    path: '/api/session',
    help: 'Opens a session with the admin token and sets its cookie.',
    input: z.strictObject({ token: adminToken }),
    answer: signedIn,
    errors: ['wrong_token', 'too_many_attempts'],
    isPublic: true,
    isRaw: true,
  },
  logout: {
    method: 'DELETE',
    path: '/api/session',
    help: 'Ends the session of the cookie and deletes the cookie.',
    input: nothing,
    answer: done,
    isPublic: true,
    isRaw: true,
  },
  listSessions: {
    method: 'GET',
    path: '/api/sessions',
    help: 'Open sessions, latest login first.',
    input: nothing,
    answer: z.object({ sessions: z.array(sessionView) }),
  },
  endSession: {
    method: 'DELETE',
    path: '/api/sessions/:id',
    help: 'Ends a session. done is false when no session has this id.',
    input: z.object({ id: z.string().min(1).max(64) }),
    answer: done,
  },
  endOtherSessions: {
    method: 'DELETE',
    path: '/api/sessions',
    help: 'Ends all sessions except the one of the request.',
    input: nothing,
    answer: z.object({ ended: z.number() }),
  },
} as const satisfies Record<string, Endpoint>
