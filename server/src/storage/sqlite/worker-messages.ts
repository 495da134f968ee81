import type { SqlResult, SqlValue } from '../link.ts'

export type WorkerRequest =
  | {
      readonly kind: 'run'
      readonly id: number
      readonly sql: string
      /** No boolean is among them: it would end the process, for libsql 0.5 panics on one. */
      readonly parameters: readonly SqlValue[]
    }
  | { readonly kind: 'close'; readonly id: number }

export type Failure = { readonly message: string; readonly code: string }

/** Answers come in the order of the requests. The first, of id 0, says whether the database could be opened. */
export type WorkerAnswer =
  | { readonly id: number; readonly result: SqlResult }
  | { readonly id: number; readonly failure: Failure }
