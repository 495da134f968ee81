import type { AttemptReport } from '../../gateway/observer.ts'
import type { AttemptRow } from './attempt-row.ts'
import { otherModel, type KnownModels } from './known-models.ts'
import { resultOf } from '../../google/result-of.ts'

export type LogPolicy = {
  readonly models: KnownModels
  /** Whether the request body is stored with an error. */
  readonly recordsBody: () => boolean
  readonly scrub: (text: string) => string
}

/** Makes the row of the request log. */
export function describeAttempt(report: AttemptReport, policy: LogPolicy): AttemptRow {
  const { request, reservation, outcome, usage } = report
  const { labels, key } = request
  const isKnown = policy.models.has(key.model, outcome.verdict)
  return {
    requestId: request.id,
    number: report.number,
    at: report.startedAt,
    keyId: reservation.key,
    project: reservation.project,
    lane: isKnown ? reservation.lane : otherModel,
    model: isKnown ? key.model : otherModel,
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
    choice: reservation.choice,
    trial: reservation.trial,
    ready: reservation.ready,
    groups: reservation.groups,
    laneStatus: report.laneStatus,
    error: resultOf(outcome.verdict) === 'failure' ? errorOf(report, policy) : undefined,
  }
}

const maxBodyBytes = 32 * 1024

function errorOf(
  { request, outcome }: AttemptReport,
  { recordsBody, scrub }: LogPolicy,
): NonNullable<AttemptRow['error']> {
  return {
    message: outcome.message ?? outcome.reason ?? '',
    body: recordsBody() ? scrub(beginning(request.call.body)) : undefined,
  }
}

function beginning(parts: readonly Buffer[]): string {
  const length = parts.reduce((sum, part) => sum + part.length, 0)
  const kept: Buffer[] = []
  let left = maxBodyBytes
  for (const part of parts) {
    kept.push(part.subarray(0, left))
    left -= Math.min(left, part.length)
  }
  const text = Buffer.concat(kept).toString('utf8')
  return length > maxBodyBytes ? `${text}… (${length} bytes)` : text
}
