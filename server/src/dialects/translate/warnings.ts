/** A field of the client's request that the upstream request does not carry, or not as it was. */
export type Warning = { readonly field: string; readonly reason: string }

export type Translated<T> = { readonly value: T; readonly warnings: readonly Warning[] }

export const droppedHeader = 'x-gemini-balance-dropped'

const maxHeaderLength = 1024

/** The names of what was dropped, once each; undefined when nothing was. A header value is ASCII. */
export function droppedFields(warnings: readonly Warning[]): string | undefined {
  const names = new Set(warnings.map(({ field }) => field.replaceAll(/[^\x21-\x7e]/g, '?')))
  if (names.size === 0) return undefined
  return [...names].join(', ').slice(0, maxHeaderLength)
}
