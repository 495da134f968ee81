import { z } from 'zod'
import { clientDialects } from '../client-dialects.ts'
import { done, nothing, type Endpoint } from './endpoint.ts'

const most = z.number().positive().nullish()
const tokenTerms = {
  name: z.string().trim().min(1).max(200),
  enabled: z.boolean(),
  /** Milliseconds since the epoch; null: never. */
  expiresAt: z.number().int().positive().nullable(),
  /** Models by Google's name, `*` at the end for whatever follows; null: all. */
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
const tokenShown = z.object({
  /** What the request log names it by. */
  id: z.string(),
  /** Its last four characters. */
  hint: z.string(),
  source: z.enum(['settings', 'admin']),
  createdAt: z.number(),
  ...tokenTerms,
  use: z.record(z.string(), z.number()),
})
export type TokenShown = z.infer<typeof tokenShown>

/** Who may call, with what models, how much. */
export const tokenEndpoints = {
  getTokens: {
    method: 'GET',
    path: '/api/tokens',
    help: 'Client tokens, what each may do and what it has used. Never a token itself.',
    input: nothing,
    answer: z.object({ tokens: z.array(tokenShown) }),
  },
  createToken: {
    method: 'POST',
    path: '/api/tokens',
    help: 'Makes a client token. The answer is the only place where it is ever shown.',
    input: z.strictObject({ ...z.strictObject(tokenTerms).partial().shape, name: tokenTerms.name }),
    answer: z.object({ token: z.string(), shown: tokenShown }),
  },
  changeToken: {
    method: 'POST',
    path: '/api/tokens/change',
    help: 'Changes what a client token may do. What is not named stays; limits are replaced as a whole.',
    input: z.strictObject({ ...z.strictObject(tokenTerms).partial().shape, id: z.string() }),
    answer: done,
  },
  deleteToken: {
    method: 'POST',
    path: '/api/tokens/delete',
    help: 'Takes a client token away; one of ALLOWED_TOKENS is taken out there.',
    input: z.strictObject({ id: z.string() }),
    answer: done,
  },
} as const satisfies Record<string, Endpoint>
