import { z } from 'zod'
import type { Endpoint } from './endpoint.ts'
import { settingValue } from './settings.ts'
import { laterRows, moment, name, page, type View } from './shapes.ts'

const member = z.union([z.string(), z.number(), z.boolean(), z.null(), z.array(z.string())])
/** What else there is to know of a change: old and new values, counts. Never a secret. */
export const auditDetail = z.record(
  z.string(),
  z.union([settingValue, z.null(), z.record(z.string(), member.optional())]).optional(),
)
export type AuditDetail = View<typeof auditDetail>

const auditView = z.object({
  id: z.number(),
  at: moment,
  /** A session, or the admin token. */
  actor: z.string(),
  action: z.string(),
  /** The name of a setting, `key 17`, `500 keys`. */
  subject: z.string(),
  detail: auditDetail,
})

/** What admins did. */
export const auditEndpoints = {
  listAudit: {
    method: 'GET',
    path: '/api/audit',
    help: 'What admins changed, and which secrets they asked for, newest first.',
    input: z.object({
      limit: page.limit,
      before: z.coerce.number().int().optional(),
      action: name,
    }),
    answer: laterRows(auditView),
  },
} as const satisfies Record<string, Endpoint>
