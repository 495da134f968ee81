import { z } from 'zod'
import type { Endpoint } from './endpoint.ts'
import { done, moment, page, paged, type View } from './shapes.ts'

const id = z.string().min(1).max(200)
const model = z.string().min(1).max(200)
const limit = z.number().int().min(0).max(2_147_483_647).optional()
const amount = z.number().optional()

const projectView = z.object({
  id: z.string(),
  paid: z.boolean().optional(),
  paidSource: z.string().optional(),
  keys: z.number(),
  /** Keys that are neither dead nor disabled. */
  usableKeys: z.number(),
  state: z.enum(['active', 'suspended', 'dead']),
  reason: z.string().optional(),
  until: moment.nullish(),
  message: z.string().optional(),
  /** Limits that the operator set, by lane. */
  limits: z.record(
    z.string(),
    z.object({
      minuteRequests: amount,
      minuteTokens: amount,
      dayRequests: amount,
      dayTokens: amount,
    }),
  ),
  label: z.string().optional(),
})
export type ProjectView = View<typeof projectView>

/** The Google projects of the keys. */
export const projectEndpoints = {
  listProjects: {
    method: 'GET',
    path: '/api/projects',
    help: 'Projects with their keys, their state, and what the operator set.',
    input: z.object(page),
    answer: paged(projectView),
  },
  changeProject: {
    method: 'PATCH',
    path: '/api/projects/:id',
    help: 'Sets whether a project is paid, and its label. null removes a value.',
    input: z.strictObject({
      id,
      paid: z.boolean().nullish(),
      label: z.string().max(200).nullish(),
    }),
    answer: done,
  },
  setProjectLimits: {
    method: 'PUT',
    path: '/api/projects/:id/limits/:model',
    help: 'Sets what a project may use of a model a minute and a day, instead of what was learned. `*` is every model without limits.',
    input: z.strictObject({ id, model, rpm: limit, tpm: limit, rpd: limit }),
    answer: done,
  },
  removeProjectLimits: {
    method: 'DELETE',
    path: '/api/projects/:id/limits/:model',
    help: 'Removes the limits that were set for a model. The learned limits apply again.',
    input: z.strictObject({ id, model }),
    answer: done,
  },
} as const satisfies Record<string, Endpoint>
