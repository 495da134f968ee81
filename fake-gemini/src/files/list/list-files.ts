import { ApiError, throwIfError } from '../../calls/api-error.ts'
import { sendJson } from '../../http/send.ts'
import type { FileTraits } from '../../misbehaviour/file-traits.ts'
import { invalidArgument } from '../../wire/google-error.ts'
import { unknownQueryName, wholeNumber } from '../check-query.ts'
import { toResource } from '../store/file.ts'
import type { StoredFile } from '../store/file.ts'
import type { FileCall } from '../file-call.ts'
import { readToken, tokenFor } from './page-token.ts'
import type { PagePosition } from './page-token.ts'

const defaultPageSize = 10
const maxPageSize = 100
const names = ['pageSize', 'page_size', 'pageToken', 'page_token']

export function listFiles({ call, project, traits }: FileCall): void {
  const { query } = call.route
  const { clock, files, options } = call.context
  if (options.strict) throwIfError(unknownQueryName(query, names))
  const size = pageSize(query['pageSize'] ?? query['page_size'] ?? '')
  const token = query['pageToken'] ?? query['page_token'] ?? ''
  const position = readToken(token, project.number)
  if (!position) throw new ApiError(invalidArgument('Page token is not valid.'))
  const now = clock.now()
  const { page, next } = pageOf(files.store.all(project.id), { position, size, now, traits })
  sendJson(call, {
    ...(page.length > 0 ? { files: page.map((file) => toResource(file, now)) } : {}),
    ...(next ? { nextPageToken: tokenFor(project.number, next) } : {}),
  })
}

function pageSize(text: string): number {
  if (text === '') return defaultPageSize
  const size = wholeNumber(text, 'page_size')
  if (typeof size !== 'number') throw new ApiError(size)
  if (size < 0) {
    throw new ApiError(
      invalidArgument('* ListFilesRequest.page_size: page_size must not be negative\n'),
    )
  }
  return Math.min(size || defaultPageSize, maxPageSize)
}

type Listing = { position: PagePosition; size: number; now: number; traits: FileTraits }

/** The newest files come first. */
function pageOf(
  all: readonly StoredFile[],
  { position, size, now, traits }: Listing,
): { page: StoredFile[]; next: PagePosition | undefined } {
  const { before, emptyPages } = position
  if (before === undefined && emptyPages < traits.emptyPages) {
    return { page: [], next: { before, emptyPages: emptyPages + 1 } }
  }
  const page: StoredFile[] = []
  for (let index = firstIndex(all, before); index >= 0; index -= 1) {
    const file = all[index]
    if (!file || !isVisible(file, now, traits.behindMs)) continue
    if (page.length === size) {
      const last = page.at(-1)?.sequence ?? 0
      // With one file a page, a repeated file would never end.
      const overlaps = traits.overlappingPages && size > 1
      return { page, next: { before: overlaps ? last + 1 : last, emptyPages } }
    }
    page.push(file)
  }
  return { page, next: traits.endlessPages ? { before: undefined, emptyPages } : undefined }
}

/** Index of the newest file with a sequence below `before`. */
function firstIndex(all: readonly StoredFile[], before = Infinity): number {
  let low = 0
  let high = all.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((all[middle]?.sequence ?? Infinity) < before) low = middle + 1
    else high = middle
  }
  return low - 1
}

/** A list that is behind shows what there was: new files are missing, and deleted ones are there. */
function isVisible(file: StoredFile, now: number, behindMs: number): boolean {
  if (!file.listed) return false
  if (file.deletedAt !== undefined && file.deletedAt <= now - behindMs) return false
  return behindMs === 0 || file.createdAt <= now - behindMs
}
