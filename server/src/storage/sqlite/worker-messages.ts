/** What SQLite can bind. A boolean would end the process: libsql 0.5 panics on one. */
export type SqlValue = string | number | bigint | null | Uint8Array

export type WorkerRequest =
  | {
      readonly kind: 'run'
      readonly id: number
      readonly sql: string
      readonly parameters: readonly SqlValue[]
    }
  | { readonly kind: 'close'; readonly id: number }

export type SqlResult = {
  readonly rows: unknown[]
  readonly changes: number
  readonly insertId: number | bigint
}

export type Failure = { readonly message: string; readonly code: string }

/** Answers come in the order of the requests. The first, of id 0, says whether the database could be opened. */
export type WorkerAnswer =
  | { readonly id: number; readonly result: SqlResult }
  | { readonly id: number; readonly failure: Failure }
