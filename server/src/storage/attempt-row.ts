import type { Insertable, Selectable } from 'kysely'
import type { Schema } from './schema.ts'

/** One attempt, as the request log keeps it. No secret is in it: a caller is named by a hash, a message is scrubbed. */
export type AttemptRow = {
  readonly requestId: string
  readonly number: number
  /** When it began, in milliseconds since the epoch. */
  readonly at: number
  readonly keyId: number
  readonly project: string
  readonly lane: string
  readonly model: string
  readonly dialect: string
  readonly method: string
  /** Twelve hexadecimal digits that name the token used. */
  readonly caller: string | undefined
  /** 0 when no answer arrived. */
  readonly status: number
  readonly verdict: string
  readonly durationMs: number
  readonly firstByteMs: number | undefined
  readonly promptTokens: number | undefined
  readonly outputTokens: number | undefined
  readonly thoughtTokens: number | undefined
  readonly cachedTokens: number | undefined
  readonly streamed: boolean
  readonly message: string | undefined
}

export type StoredAttempt = AttemptRow & { readonly id: number }

/** A name that is too long for its column would stand in the way of all rows that are written with it. */
const fit = (name: string, length: number) => name.slice(0, length)

export function writeAttempt(row: AttemptRow): Insertable<Schema['attempts']> {
  return {
    request_id: fit(row.requestId, 64),
    number: row.number,
    at: row.at,
    key_id: row.keyId,
    project: fit(row.project, 200),
    lane: fit(row.lane, 200),
    model: fit(row.model, 200),
    dialect: fit(row.dialect, 20),
    method: fit(row.method, 60),
    caller: row.caller ?? null,
    status: row.status,
    verdict: fit(row.verdict, 40),
    duration_ms: row.durationMs,
    first_byte_ms: row.firstByteMs ?? null,
    prompt_tokens: row.promptTokens ?? null,
    output_tokens: row.outputTokens ?? null,
    thought_tokens: row.thoughtTokens ?? null,
    cached_tokens: row.cachedTokens ?? null,
    streamed: Number(row.streamed),
    message: row.message ?? null,
  }
}

export function readAttempt(row: Selectable<Schema['attempts']>): StoredAttempt {
  return {
    id: row.id,
    requestId: row.request_id ?? '',
    number: row.number ?? 0,
    at: row.at,
    keyId: row.key_id ?? 0,
    project: row.project ?? '',
    lane: row.lane ?? '',
    model: row.model ?? '',
    dialect: row.dialect ?? '',
    method: row.method ?? '',
    caller: row.caller ?? undefined,
    status: row.status ?? 0,
    verdict: row.verdict ?? '',
    durationMs: row.duration_ms ?? 0,
    firstByteMs: row.first_byte_ms ?? undefined,
    promptTokens: row.prompt_tokens ?? undefined,
    outputTokens: row.output_tokens ?? undefined,
    thoughtTokens: row.thought_tokens ?? undefined,
    cachedTokens: row.cached_tokens ?? undefined,
    streamed: row.streamed === 1,
    message: row.message ?? undefined,
  }
}
