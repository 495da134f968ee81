/** A moment as the API says it: `2026-01-31T12:00:00.000Z`. */
export const momentOf = (at: number): string => new Date(at).toISOString()

/** One that may be unknown. */
export const maybeMoment = (at: number | undefined): string | undefined =>
  at === undefined ? undefined : momentOf(at)

/** One that may never come, which is null. */
export function momentOrNever(at: number | null | undefined): string | null | undefined {
  if (at === undefined) return undefined
  return at === null || !Number.isFinite(at) ? null : momentOf(at)
}
