import type { AttemptView } from '@gemini-balance/contract'
import type { StoredAttempt } from '../../telemetry/stores.ts'
import { momentOf } from '../moments.ts'

type Names = { readonly keyEnd: string | null; readonly callerName: string | undefined }

export function presentAttempt(row: StoredAttempt, { keyEnd, callerName }: Names): AttemptView {
  return {
    keyEnd,
    id: row.id,
    requestId: row.requestId,
    number: row.number,
    at: momentOf(row.at),
    keyId: row.keyId,
    project: row.project,
    lane: row.lane,
    model: row.model,
    dialect: row.dialect,
    method: row.method,
    caller: row.caller,
    callerName,
    status: row.status,
    verdict: row.verdict,
    durationMs: Math.round(row.durationMs),
    firstByteMs: row.firstByteMs === undefined ? undefined : Math.round(row.firstByteMs),
    promptTokens: row.promptTokens,
    outputTokens: row.outputTokens,
    thoughtTokens: row.thoughtTokens,
    cachedTokens: row.cachedTokens,
    streamed: row.streamed,
    choice: row.choice,
    trial: row.trial,
    ready: row.ready,
    groups: row.groups,
    laneStatus: row.laneStatus,
    message: row.message,
  }
}
