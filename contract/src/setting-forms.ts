import { z } from 'zod'

/**
 * How values are written in an environment or a database column, and in JSON: a text form is accepted wherever a value is.
 */
export const text = () => z.string().trim()

/** A number, or its text. */
export const numberIn = (min: number, max: number) =>
  z.coerce
    .number({ error: `must be a number from ${min} to ${max}` })
    .min(min)
    .max(max)

const words = new Map<unknown, boolean>([
  ...['true', '1', 'yes', 'on'].map((word) => [word, true] as const),
  ...['false', '0', 'no', 'off', ''].map((word) => [word, false] as const),
])

/** true or false; as text: `true`, `1`, `yes`, `on`, and their opposites. */
export const flag = () =>
  z.preprocess(
    (value) =>
      typeof value === 'string' ? (words.get(value.trim().toLowerCase()) ?? value) : value,
    z.boolean({ error: 'must be true or false' }),
  )

/** A list; as text a JSON array, or items between commas or line breaks. */
export const listOf = <S extends z.ZodType>(item: S) =>
  z.preprocess((value) => (typeof value === 'string' ? readList(value) : value), z.array(item))

/** A map from names to values; as text a JSON object. */
export const mapOf = <S extends z.ZodType>(value: S) =>
  z.preprocess(
    (written) => (typeof written === 'string' ? readMap(written) : written),
    z.record(z.string(), value),
  )

function readList(written: string): unknown {
  const trimmed = written.trim()
  if (trimmed.startsWith('[')) return parseJson(trimmed)
  return trimmed
    .split(/[\n,]/)
    .map((item) => item.trim())
    .filter((item) => item !== '')
}

function readMap(written: string): unknown {
  const trimmed = written.trim()
  if (trimmed === '') return {}
  // People write maps with single quotes, because their shell took the double ones.
  return parseJson(trimmed) ?? parseJson(trimmed.replaceAll("'", '"'))
}

function parseJson(written: string): unknown {
  try {
    return JSON.parse(written)
  } catch {
    return undefined
  }
}
