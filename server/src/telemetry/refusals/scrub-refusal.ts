import type { RefusalRow } from './refusal-row.ts'

const maxPath = 200
const maxMessage = 500

/** The row as it may be stored: texts of clients without secrets, without the query, and short. */
export function scrubRefusal(row: RefusalRow, scrub: (text: string) => string): RefusalRow {
  const tidied = (text: string, most: number) =>
    shortened(scrub(text.slice(0, 2 * most)).replaceAll(controls, ' '), most)
  return {
    ...row,
    path: tidied(withoutQuery(row.path), maxPath),
    message: tidied(row.message, maxMessage),
  }
}

/** PostgreSQL stores no NUL. */
const controls = /\p{Cc}/gu

/** A query may hold a credential. */
const withoutQuery = (path: string) => path.split('?', 1)[0] ?? ''

const shortened = (text: string, most: number) =>
  text.length <= most ? text : `${text.slice(0, most)}…`
