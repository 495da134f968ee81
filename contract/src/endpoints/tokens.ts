import { z } from 'zod'
import { clientDialects } from '../client-dialects.ts'
import type { Endpoint } from './endpoint.ts'
import { done, moment, momentInput, nothing, type View } from './shapes.ts'

const most = z.number().positive().nullish()
const tokenTerms = {
  name: z.string().trim().min(1).max(200),
  enabled: z.boolean(),
  /** Google's names of models, with `*` at the end for any ending; null: all. */
  allowedModels: z.array(z.string().min(1).max(200)).max(1000).nullable(),
  allowedDialects: z.array(z.enum(clientDialects)).nullable(),
  /** What is not named has no limit. */
  limits: z.strictObject({
    requestsPerMinute: most,
    requestsPerDay: most,
    tokensPerMinute: most,
    tokensPerDay: most,
    concurrent: most,
    budgetPerMonth: most,
  }),
}
const tokenChanges = z
  .strictObject({ ...tokenTerms, expiresAt: momentInput.nullable() })
  .partial().shape
const tokenId = z.string()
const tokenView = z.object({
  /** Its name in the request log. */
  id: tokenId,
  /** Its last four characters. */
  hint: z.string(),
  source: z.enum(['settings', 'admin']),
  createdAt: moment,
  ...tokenTerms,
  /** null: never. */
  expiresAt: moment.nullable(),
  /** Empty while the token is not in force. */
  use: z
    .object({
      requestsThisMinute: z.number(),
      requestsToday: z.number(),
      tokensThisMinute: z.number(),
      tokensToday: z.number(),
      running: z.number(),
      costThisMonth: z.number(),
    })
    .partial(),
})
export type TokenView = View<typeof tokenView>

/** What of the terms has no effect: a budget without prices. */
const warnings = { warnings: z.array(z.string()) }

/** Client tokens and their limits. */
export const tokenEndpoints = {
  listTokens: {
    method: 'GET',
    path: '/api/tokens',
    help: 'Client tokens with their limits and their use, never a token itself.',
    input: nothing,
    answer: z.object({ tokens: z.array(tokenView) }),
  },
  createToken: {
    method: 'POST',
    path: '/api/tokens',
    help: 'Creates a client token. Only this answer has the token itself.',
    input: z.strictObject({ ...tokenChanges, name: tokenTerms.name }),
    answer: z.object({ token: z.string(), shown: tokenView, ...warnings }),
  },
  changeToken: {
    method: 'PATCH',
    path: '/api/tokens/:id',
    help: 'Changes a client token. Members that are not named stay; limits are replaced as a whole.',
    input: z.strictObject({ ...tokenChanges, id: tokenId }),
    answer: done.extend(warnings),
  },
  deleteToken: {
    method: 'DELETE',
    path: '/api/tokens/:id',
    help: 'Deletes a client token. A token of ALLOWED_TOKENS is removed from that setting.',
    input: z.strictObject({ id: tokenId }),
    answer: done,
  },
} as const satisfies Record<string, Endpoint>
