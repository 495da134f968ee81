/** A field that was dropped or changed in translation. */
export type Warning = { readonly field: string; readonly reason: string }

export type Translated<T> = { readonly value: T; readonly warnings: readonly Warning[] }

/** A warning for each keyword that a schema lost; `paths` begin where the field ends. */
export function lostKeywords(paths: readonly string[], field: string): Warning[] {
  const reason = 'Google does not support this keyword here.'
  return paths.map((path) => ({ field: `${field}${path}`, reason }))
}

export const droppedHeader = 'x-gemini-balance-dropped'

const maxHeaderLength = 1024

/** Distinct names of the dropped fields as an ASCII header value; undefined when there are none. */
export function droppedFields(warnings: readonly Warning[]): string | undefined {
  const names = new Set(warnings.map(({ field }) => field.replaceAll(/[^\x21-\x7e]/g, '?')))
  if (names.size === 0) return undefined
  return [...names].join(', ').slice(0, maxHeaderLength)
}
