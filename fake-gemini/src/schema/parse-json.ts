import { badRequest, invalidArgument } from '../wire/google-error.ts'
import type { GoogleError } from '../wire/google-error.ts'

export type Parsed = { value: unknown } | { error: GoogleError }

const shownBefore = 30
const shownAfter = 20

/** Invalid JSON gives Google's error, which marks the position. */
export function parseJson(text: string): Parsed {
  if (text.trim() === '') return { value: {} }
  try {
    return { value: JSON.parse(text) }
  } catch (error) {
    const reason = error instanceof Error ? error.message : ''
    const at = placeOf(text, reason)
    const ended = at >= text.length || /end of JSON|Unterminated/.test(reason)
    const what = ended ? 'Unexpected end of string.' : 'Unexpected token.'
    const description = `Invalid JSON payload received. ${what}\n${excerpt(text, at)}`
    return { error: invalidArgument(description, [badRequest([{ description }])]) }
  }
}

/** V8's message has either a position or an excerpt, never both. */
function placeOf(text: string, reason: string): number {
  const position = / at position (\d+)/.exec(reason)?.[1]
  if (position !== undefined) return Number(position)
  const quoted =
    /^Unexpected token '(.)', (\.\.\.)?"([\s\S]*)"(?:\.\.\.)? is not valid JSON$/u.exec(reason)
  if (!quoted) return text.length
  const [, token = '', cut, around = ''] = quoted
  const start = Math.max(0, text.indexOf(around))
  return cut === undefined ? Math.max(0, text.indexOf(token, start)) : start + 10
}

function excerpt(text: string, at: number): string {
  const start = Math.max(text.lastIndexOf('\n', at - 1) + 1, at - shownBefore)
  const line = text.slice(start, at + shownAfter).split('\n')[0] ?? ''
  return `${line}\n${' '.repeat(Math.max(0, at - start))}^`
}
