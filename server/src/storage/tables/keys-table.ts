import type { Generated } from 'kysely'

export type KeysTable = {
  id: Generated<number>
  /** Sealed, if the database is. */
  value: string
  /** The fingerprint of the value, by which a key is found. */
  value_hash: string
  /** The last characters of the value, to show. */
  ending: string
  project: string | null
  project_source: string | null
  paid: number | null
  priority: number
  weight: number
  /** A JSON array; null for all models. */
  allowed_models: string | null
  label: string | null
  note: string | null
  /** A JSON array; null for none. */
  tags: string | null
  disabled: number
  created_at: number
  first_used_at: number | null
  last_used_at: number | null
}
