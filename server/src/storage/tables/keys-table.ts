import type { Generated } from 'kysely'

export type KeysTable = {
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
