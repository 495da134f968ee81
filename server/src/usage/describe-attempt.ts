import type { AttemptReport } from '../gateway/forward.ts'
import type { AttemptRow } from '../storage/attempt-row.ts'

/** An attempt as the request log keeps it. */
export function describeAttempt(report: AttemptReport): AttemptRow {
  const { request, reservation, outcome, usage } = report
  const { labels, ask } = request
  return {
    requestId: request.id,
    number: report.number,
    at: report.startedAt,
    keyId: reservation.key,
    project: reservation.project,
    lane: reservation.lane,
    model: ask.model,
    dialect: labels.dialect,
    method: labels.method,
    caller: labels.caller === '' ? undefined : labels.caller,
    status: outcome.status,
    verdict: outcome.verdict,
    durationMs: report.durationMs,
    firstByteMs: report.firstByteMs,
    promptTokens: usage?.prompt ?? outcome.inputTokens,
    outputTokens: usage?.output,
    thoughtTokens: usage?.thoughts,
    cachedTokens: usage?.cached,
    streamed: labels.streamed,
    message: outcome.message,
  }
}
