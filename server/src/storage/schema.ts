import type { Generated } from 'kysely'

/** Times are milliseconds since the epoch, truth values 0 and 1: all that SQLite, MySQL and PostgreSQL agree on. */
export type Schema = {
  readonly settings: { name: string; value: string; updated_at: number }
  readonly keys: {
    id: Generated<number>
    value: string
    value_hash: string
    project: string | null
    project_source: string | null
    paid: number | null
    priority: number
    weight: number
    /** A JSON array; null for all models. */
    allowed_models: string | null
    label: string | null
    disabled: number
    created_at: number
  }
  readonly engine_state: { id: string; json: string; updated_at: number }
  readonly attempts: {
    id: Generated<number>
    request_id: string | null
    number: number | null
    at: number
    key_id: number | null
    project: string | null
    lane: string | null
    model: string | null
    dialect: string | null
    method: string | null
    caller: string | null
    status: number | null
    verdict: string | null
    duration_ms: number | null
    first_byte_ms: number | null
    prompt_tokens: number | null
    output_tokens: number | null
    thought_tokens: number | null
    cached_tokens: number | null
    streamed: number | null
    message: string | null
  }
  readonly meta: { name: string; value: string }
}
