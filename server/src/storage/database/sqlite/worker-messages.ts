import type { SqlResult, SqlValue } from '../connection.ts'

/** What a thread does. */
export type ThreadTask = {
  readonly path: string
  /** Reports may take long, and run at a lower priority. */
  readonly isForReports: boolean
}

export type PackedStatement = {
  readonly sql: string
  /** Never a boolean: libsql 0.5 panics on one and ends the process. */
  readonly parameters: readonly SqlValue[] | PackedValues
}

export type WorkerRequest =
  | ({ readonly kind: 'run'; readonly id: number } & PackedStatement)
  /** All or nothing. */
  | {
      readonly kind: 'batch'
      readonly id: number
      readonly statements: readonly PackedStatement[]
    }
  /** Not answered: the thread rolls back an open transaction and ends. */
  | { readonly kind: 'close' }

export type Failure = { readonly message: string; readonly code: string }

/** Answers come in the order of the requests. The first, of id 0, says whether the database could be opened. */
export type WorkerAnswer =
  | { readonly id: number; readonly result: SqlResult }
  | { readonly id: number; readonly failure: Failure }

/** Many values, most of them numbers: sending them costs a tenth of a list, which is cloned value by value. */
export type PackedValues = {
  /** NaN stands for the next of `others`, infinity for null. */
  readonly numbers: Float64Array<ArrayBuffer>
  readonly others: readonly SqlValue[]
}

/** Fewer values are not worth packing. */
const packedFrom = 64

export function packValues(values: readonly SqlValue[]): readonly SqlValue[] | PackedValues {
  if (values.length < packedFrom) return values
  const numbers = new Float64Array(values.length)
  const others: SqlValue[] = []
  for (const [at, value] of values.entries()) {
    if (value === null) numbers[at] = Infinity
    else if (typeof value === 'number' && Number.isFinite(value)) numbers[at] = value
    else {
      numbers[at] = NaN
      others.push(value)
    }
  }
  return { numbers, others }
}

export function unpackValues(values: readonly SqlValue[] | PackedValues): SqlValue[] {
  if (!('numbers' in values)) return [...values]
  const { numbers, others } = values
  let next = 0
  return Array.from(numbers, (value) => {
    if (value === Infinity) return null
    if (!Number.isNaN(value)) return value
    next += 1
    return others[next - 1] ?? null
  })
}
