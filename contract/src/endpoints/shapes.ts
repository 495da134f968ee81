import { z } from 'zod'

export const nothing = z.object({})

export const page = {
  offset: z.coerce.number().int().min(0).default(0),
  limit: z.coerce.number().int().min(1).max(1000).default(100),
}
export const pageSize = z.coerce.number().int().min(1).max(1000)

/** A moment as RFC 3339 says it: `2026-01-31T12:00:00.000Z`. */
export const moment = z.iso.datetime({ offset: true })
/** The same in an input, read as milliseconds since the epoch. */
export const momentInput = moment.transform((text) => Date.parse(text))

/** A duration; the name of its member ends with `Ms`. */
export const milliseconds = z.number().int()

/** Rows of a page; `total` counts all that match. */
export const paged = <R extends z.ZodType>(row: R) =>
  z.object({ total: z.number(), rows: z.array(row) })

/** Rows, latest first; `next` is the `before` of the next page. */
export const laterRows = <R extends z.ZodType>(row: R) =>
  z.object({ rows: z.array(row), next: z.number().optional() })

export const name = z.string().min(1).optional()
export const rowId = z.coerce.number().int().min(1)
export const done = z.object({ done: z.boolean() })

/** The number of keys that one gateway is made for. */
export const mostKeys = 50_000

/** A member that old scripts read, beside the member of ours that says the same. */
export const compat = <S extends z.ZodType>(schema: S): S => schema.meta({ 'x-compat': true })

type Immutable<T> = T extends readonly (infer Item)[]
  ? readonly Immutable<Item>[]
  : T extends object
    ? { readonly [Member in keyof T]: Immutable<T[Member]> }
    : T

/** The immutable shape of an answer. */
export type View<S extends z.ZodType> = Immutable<z.infer<S>>
