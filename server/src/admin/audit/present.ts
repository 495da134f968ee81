import { auditDetail, type EndpointAnswer } from '@gemini-balance/contract'
import type { StoredAudit } from '../../telemetry/stores.ts'
import { momentOf } from '../moments.ts'

type AuditView = EndpointAnswer<'listAudit'>['rows'][number]

export function presentAudit({ id, at, actor, action, subject, detail }: StoredAudit): AuditView {
  return { id, at: momentOf(at), actor, action, subject, detail: auditDetail.parse(detail) }
}
