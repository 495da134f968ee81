import type { Generated } from 'kysely'

export type AttemptsTable = {
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
