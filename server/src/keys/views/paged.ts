import type { Paged, PageRequest } from '../views.ts'

const pageSize = 100

export function paged<T, U>(
  items: readonly T[],
  page: PageRequest,
  show: (item: T) => U,
): Paged<U> {
  const { offset = 0, limit = pageSize } = page
  return { total: items.length, rows: items.slice(offset, offset + limit).map(show) }
}
