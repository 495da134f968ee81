import { z } from 'zod'
import type { Endpoint } from './endpoint.ts'
import { choice, laneStatus } from './lanes.ts'
import {
  laterRows,
  milliseconds,
  moment,
  momentInput,
  name,
  pageSize,
  rowId,
  type View,
} from './shapes.ts'

const time = momentInput.optional()
/** A key by its id or by its last four characters. */
export const keyName = z.string().trim().min(1).max(200)

const tokens = z.number().optional()
export const attemptView = z.object({
  /** `…` and the last four characters; null for a deleted key. */
  keyEnd: z.string().nullable(),
  id: z.number(),
  requestId: z.string(),
  /** Of the attempts of the request. */
  number: z.number(),
  at: moment,
  keyId: z.number(),
  project: z.string(),
  lane: z.string(),
  model: z.string(),
  dialect: z.string(),
  method: z.string(),
  /** The id of a client token. */
  caller: z.string().optional(),
  callerName: z.string().optional(),
  /** 0: no answer arrived. */
  status: z.number(),
  verdict: z.string(),
  durationMs: milliseconds,
  firstByteMs: milliseconds.optional(),
  promptTokens: tokens,
  outputTokens: tokens,
  thoughtTokens: tokens,
  cachedTokens: tokens,
  streamed: z.boolean(),
  choice,
  trial: z.boolean(),
  /** Groups of keys that could be chosen, of all `groups`. */
  ready: z.number(),
  groups: z.number(),
  /** The status of the lane after the attempt. */
  laneStatus: laneStatus.optional(),
  /** What Google said of a failure. */
  message: z.string().optional(),
})
export type AttemptView = View<typeof attemptView>

/** The request log. */
export const attemptEndpoints = {
  listAttempts: {
    method: 'GET',
    path: '/api/attempts',
    help: 'Attempts of the request log, the last written first: verdict, choice of the key, status of the lane afterwards.',
    input: z.object({
      requestId: name,
      key: keyName.optional(),
      project: name,
      lane: name,
      model: name,
      dialect: name,
      method: name,
      caller: name,
      verdict: name,
      status: z.coerce.number().int().min(0).max(999).optional(),
      streamed: z.stringbool().optional(),
      from: time,
      to: time,
      limit: pageSize.default(100),
      before: rowId.optional(),
    }),
    answer: laterRows(attemptView),
  },
} as const satisfies Record<string, Endpoint>
