import { z } from 'zod'
import { done, page, rows, type Endpoint } from './endpoint.ts'

const projectId = z.string().min(1).max(200)
const modelName = z.string().min(1).max(200)
const limit = z.number().int().min(0).max(2_147_483_647).optional()

/** What a person says of the projects behind the keys. */
export const projectEndpoints = {
  getProjects: {
    method: 'GET',
    path: '/api/projects',
    help: 'Projects with their keys, their state, and what was said of them.',
    input: z.object(page),
    answer: rows,
  },
  changeProject: {
    method: 'POST',
    path: '/api/projects/change',
    help: 'Says whether a project is paid, and what it is called. null takes a value away.',
    input: z.strictObject({
      project: projectId,
      paid: z.boolean().nullish(),
      label: z.string().max(200).nullish(),
    }),
    answer: done,
  },
  setProjectLimits: {
    method: 'POST',
    path: '/api/projects/limits',
    help: 'Sets what a project may use of a model a minute and a day, over what was learned; `*` is every model without limits of its own.',
    input: z.strictObject({
      project: projectId,
      model: modelName,
      rpm: limit,
      tpm: limit,
      rpd: limit,
    }),
    answer: done,
  },
  removeProjectLimits: {
    method: 'POST',
    path: '/api/projects/limits/remove',
    help: 'Takes the limits away that were set for a model; what is learned counts again.',
    input: z.strictObject({ project: projectId, model: modelName }),
    answer: done,
  },
} as const satisfies Record<string, Endpoint>
