import type { AttemptView } from '@gemini-balance/contract'
import type { StoredAttempt } from '../../telemetry/stores.ts'

export function presentAttempt(row: StoredAttempt, keyEnd: string | null): AttemptView {
  return {
    keyEnd,
    id: row.id,
    requestId: row.requestId,
    number: row.number,
    at: row.at,
    keyId: row.keyId,
    project: row.project,
    lane: row.lane,
    model: row.model,
    dialect: row.dialect,
    method: row.method,
    caller: row.caller,
    status: row.status,
    verdict: row.verdict,
    durationMs: row.durationMs,
    firstByteMs: row.firstByteMs,
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
