import type { Generated } from 'kysely'

export type ClientTokensTable = {
  id: Generated<number>
  digest: string
  hint: string
  name: string
  source: string
  enabled: number
  expires_at: number | null
  /** A JSON array; null for all. */
  allowed_models: string | null
  allowed_dialects: string | null
  /** A JSON object of numbers. */
  limits: string
  created_at: number
}
