import type { EndpointAnswer } from '@gemini-balance/contract'
import type { SessionView } from '../../auth/admins/admin-sessions.ts'
import { momentOf } from '../moments.ts'

type ListedSession = EndpointAnswer<'listSessions'>['sessions'][number]

export function presentSession(session: SessionView, ownId: string | undefined): ListedSession {
  const { id, createdAt, expiresAt, lastSeenAt, address, userAgent } = session
  return {
    id,
    createdAt: momentOf(createdAt),
    expiresAt: momentOf(expiresAt),
    lastSeenAt: momentOf(lastSeenAt),
    address,
    userAgent,
    isOwn: id === ownId,
  }
}
