export type JsonObject = Readonly<Record<string, unknown>>

/** The value of a JSON text; undefined where it is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

export const objectOf = (value: unknown): JsonObject | undefined =>
  isObject(value) ? value : undefined

/** Empty where the value is not a list. */
export const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])

export const objectsOf = (value: unknown): JsonObject[] => listOf(value).filter(isObject)

export const stringsOf = (value: unknown): string[] =>
  listOf(value).filter((one) => typeof one === 'string')
