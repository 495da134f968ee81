import type { Generated } from 'kysely'

export type RefusalsTable = {
  id: Generated<number>
  at: number
  request_id: string
  surface: string
  verb: string
  path: string
  code: string
  status: number
  /** Empty where it is not known. */
  caller: string
  address: string
  message: string
  left_out: number
}
