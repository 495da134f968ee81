import { z } from 'zod'
import { done, nothing, row, type Endpoint } from './endpoint.ts'

const sessionShown = z.object({
  id: z.string(),
  createdAt: z.number(),
  expiresAt: z.number(),
  lastSeenAt: z.number(),
  address: z.string(),
  userAgent: z.string(),
  /** Whether it is the one that asks. */
  isOwn: z.boolean(),
})

const signedIn = z.object({ signedIn: z.boolean(), expiresAt: z.number().optional() })
const adminToken = z.string().max(1000)

/** Who may come in, and how. */
export const accessEndpoints = {
  getSession: {
    method: 'GET',
    path: '/api/session',
    help: 'Whether the cookie of the request opens anything, and until when.',
    input: nothing,
    answer: signedIn,
    isPublic: true,
    isRaw: true,
  },
  login: {
    method: 'POST',
    path: '/api/session',
    help: 'Opens a session for whoever knows the admin token, and sets its cookie. 401: another token. 429: wait as long as Retry-After says.',
    input: z.strictObject({ token: adminToken }),
    answer: signedIn,
    isPublic: true,
    isRaw: true,
  },
  logout: {
    method: 'DELETE',
    path: '/api/session',
    help: 'Ends the session of the cookie, and takes the cookie away.',
    input: nothing,
    answer: done,
    isPublic: true,
    isRaw: true,
  },
  loginForm: {
    method: 'POST',
    path: '/auth',
    help: 'The login of the Python program: a form with auth_token. Redirects to /keys with a cookie, or to / with ?login=wrong or ?login=wait.',
    input: z.object({ auth_token: adminToken.default('') }),
    answer: nothing,
    isPublic: true,
    isRaw: true,
  },
  getSessions: {
    method: 'GET',
    path: '/api/sessions',
    help: 'Open sessions, latest login first.',
    input: nothing,
    answer: z.object({ sessions: z.array(sessionShown) }),
  },
  endSession: {
    method: 'DELETE',
    path: '/api/sessions/:id',
    help: 'Ends a session. done is false when there is none of this id.',
    input: z.object({ id: z.string().min(1).max(64) }),
    answer: done,
  },
  endOtherSessions: {
    method: 'DELETE',
    path: '/api/sessions',
    help: 'Ends all sessions but the one that asks.',
    input: nothing,
    answer: z.object({ ended: z.number() }),
  },
} as const satisfies Record<string, Endpoint>

/** What concerns the gateway as a whole. */
export const systemEndpoints = {
  getVersion: {
    method: 'GET',
    path: '/api/version/check',
    help: 'The version that runs. Nobody outside is asked for a newer one: latest_version is null.',
    input: nothing,
    answer: z.object({
      current_version: z.string(),
      latest_version: z.string().nullable(),
      update_available: z.boolean(),
      error_message: z.string().nullable(),
    }),
    isPublic: true,
  },
  getUiModels: {
    method: 'GET',
    path: '/api/config/ui/models',
    help: 'The models that clients of OpenAI’s dialect see, for forms that offer them.',
    input: nothing,
    answer: z.object({
      object: z.literal('list'),
      success: z.literal(true),
      data: z.array(z.object({ id: z.string() }).loose()).readonly(),
    }),
  },
  getOpenApi: {
    method: 'GET',
    path: '/api/openapi.json',
    help: 'This table as OpenAPI 3.1.',
    input: nothing,
    answer: row,
  },
  startScheduler: {
    method: 'POST',
    path: '/api/scheduler/start',
    help: 'Gone (410): background checks follow CHECK_INTERVAL_HOURS and POOL_MAINTENANCE_INTERVAL_MINUTES.',
    input: nothing,
    answer: nothing,
  },
  stopScheduler: {
    method: 'POST',
    path: '/api/scheduler/stop',
    help: 'Gone (410): background checks end when CHECK_INTERVAL_HOURS and POOL_MAINTENANCE_INTERVAL_MINUTES are 0.',
    input: nothing,
    answer: nothing,
  },
  getEvents: {
    method: 'GET',
    path: '/api/events',
    help: 'What happens, as server-sent events: engine, settings, job, counters (each second), dropped (how many were lost on a slow connection). Ends with the session.',
    input: nothing,
    answer: nothing,
    isRaw: true,
  },
} as const satisfies Record<string, Endpoint>
