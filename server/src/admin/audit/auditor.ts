import type { AuditDetail } from '@gemini-balance/contract'
import type { AuditStore, AuditRow } from '../../telemetry/stores.ts'
import type { AdminCaller } from '../handlers.ts'

export type AuditEntry = Pick<AuditRow, 'subject'> & {
  readonly action: AuditAction
  /** Never a secret. */
  readonly detail?: AuditDetail
}

export const auditActions = [
  'setting-changed',
  'setting-reset',
  'keys-added',
  'keys-changed',
  'keys-deleted',
  'keys-reset',
  'keys-verified',
  'keys-exported',
  'token-created',
  'token-changed',
  'token-deleted',
  'project-changed',
  'lane-reset',
  'pool-maintained',
  'logged-in',
  'logged-out',
  'sessions-ended',
  'backup-exported',
  'backup-imported',
] as const
export type AuditAction = (typeof auditActions)[number]

/** Records what an admin did. Rejects when the database does: what must be recorded waits for it. */
export type Auditor = (by: AdminCaller, ...entries: readonly AuditEntry[]) => Promise<void>

type Deps = { readonly store: Pick<AuditStore, 'add'>; readonly now: () => number }

export function createAuditor({ store, now }: Deps): Auditor {
  return async (by, ...entries) => {
    const at = now()
    await store.add(
      entries.map(({ action, subject, detail = {} }) => ({
        at,
        actor: by.name,
        action,
        subject,
        detail: by.requestId === undefined ? detail : { ...detail, requestId: by.requestId },
      })),
    )
  }
}
