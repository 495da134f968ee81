import { z } from 'zod'
import type { Endpoint } from './endpoint.ts'
import { poolStatus } from './compat-keys.ts'
import { done, milliseconds, moment, name, nothing, page, paged, type View } from './shapes.ts'

/** Why a lane can or cannot be chosen. The request log stores the position in this list: append, never reorder. */
export const laneStatuses = [
  'ready',
  'exhausted',
  'cooling',
  'unavailable',
  'suspended',
  'key-cooling',
  'trial',
  'not-allowed',
  'no-key',
] as const
export const laneStatus = z.enum(laneStatuses)
const laneCounts = z.record(laneStatus, z.number())

/** Why a key was chosen. The request log stores the position in this list: append, never reorder. */
export const choices = ['owner', 'conversation', 'pool', 'least-recently-used', 'probe'] as const
export const choice = z.enum(choices)

/** null: no limit is known. */
const amount = z.number().nullable()
const amounts = z.object({
  minuteRequests: amount,
  minuteTokens: amount,
  dayRequests: amount,
  dayTokens: amount,
})
const learnedLimit = z.object({ limit: amount, at: moment, quotaId: z.string() }).optional()

export const laneView = z.object({
  project: z.string(),
  lane: z.string(),
  /** The first twenty of its keys. */
  keys: z.array(z.number()),
  status: laneStatus,
  since: moment.optional(),
  /** When it is ready again; absent when it is, or when no time is known. */
  until: moment.nullish(),
  reason: z.string().optional(),
  quotaIds: z.array(z.string()),
  message: z.string().optional(),
  limits: amounts,
  /** Limits that Google named in an error. */
  learned: z
    .object({
      minuteRequests: learnedLimit,
      minuteTokens: learnedLimit,
      dayRequests: learnedLimit,
      dayTokens: learnedLimit,
    })
    .optional(),
  used: amounts,
  tokensLeft: amount,
  inFlight: z.number(),
})
export type LaneView = View<typeof laneView>

const explanation = z.object({
  at: moment,
  lane: z.string(),
  tiers: z.array(
    z.object({
      priority: z.number(),
      paid: z.boolean(),
      /** Groups of keys: those of one project and one priority. */
      groups: z.number(),
      /** Groups that were not used for this lane yet. */
      unused: z.number(),
      statusCounts: laneCounts,
    }),
  ),
  lanes: z.array(laneView),
  chosen: z
    .object({ key: z.number(), project: z.string(), choice, because: z.string() })
    .optional(),
  /** Why there is no key. */
  reason: z
    .object({
      kind: z.string(),
      wakesAt: moment.nullish(),
      quotaIds: z.array(z.string()).optional(),
    })
    .optional(),
})
export type ExplanationView = View<typeof explanation>

const decisionMembers = { request: z.string().optional(), at: moment, lane: z.string() }
const decision = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('chosen'),
    ...decisionMembers,
    candidates: laneCounts,
    key: z.number(),
    project: z.string(),
    choice,
    trial: z.boolean(),
  }),
  z.object({
    kind: z.literal('refused'),
    ...decisionMembers,
    candidates: laneCounts.optional(),
    reason: z.string(),
  }),
  z.object({
    kind: z.literal('settled'),
    ...decisionMembers,
    laneStatus: laneStatus.optional(),
    key: z.number(),
    verdict: z.string(),
    tookMs: milliseconds,
  }),
])
export type DecisionView = View<typeof decision>

/** Lanes, the pool, and why a request gets a key. */
export const laneEndpoints = {
  listLanes: {
    method: 'GET',
    path: '/api/lanes',
    help: 'Lanes with their status, limits and use, and until when they are closed. A limit of null is not known.',
    input: z.object({ ...page, lane: name, project: name }),
    answer: paged(laneView),
  },
  reopenLane: {
    method: 'POST',
    path: '/api/lanes/reopen',
    help: 'Opens a closed lane again.',
    input: z.object({ project: z.string().min(1), lane: z.string() }),
    answer: done,
  },
  getPool: {
    method: 'GET',
    path: '/api/pool',
    help: 'The pool of proven keys, with the member names of the Python program.',
    input: nothing,
    answer: poolStatus,
  },
  explain: {
    method: 'GET',
    path: '/api/explain',
    help: 'The key that a request for this model would get now, and why.',
    input: z.object({
      model: z.string().min(1),
      tokens: z.coerce.number().int().min(0).default(0),
      paidOnly: z.stringbool().default(false),
    }),
    answer: explanation,
  },
  listDecisions: {
    method: 'GET',
    path: '/api/decisions',
    help: 'The latest 500 choices, refusals and settlements, newest first. /api/attempts has a summary of every attempt.',
    input: z.object({ request: name }),
    answer: z.object({ decisions: z.array(decision) }),
  },
} as const satisfies Record<string, Endpoint>
