/** One `NAME=value` of a `.env` file, with the number of its line. */
export type Assignment = { readonly name: string; readonly value: string; readonly line: number }

/** What a reader of the file should know about a line. Never holds a value. */
export type LineProblem = { readonly line: number; readonly problem: string }

export type EnvFile = {
  readonly assignments: readonly Assignment[]
  readonly problems: readonly LineProblem[]
}

/** A value, how many lines it took, and what is wrong with it. */
type Read = { readonly value: string; readonly lines: number; readonly problem?: string }

/** A value that does not end within so many lines is that of one line. */
const longestValueLines = 1000

const nameShape = /^[A-Za-z_][\w.-]*$/

/** Reads a `.env` file as Docker, shells and dotenv libraries write it. What cannot be read is a problem of its line. */
export function parseEnvFile(text: string): EnvFile {
  const lines = text.split(/\r\n|\n|\r/)
  const assignments: Assignment[] = []
  const problems: LineProblem[] = []
  let at = 0
  while (at < lines.length) {
    const line = at + 1
    const read = readLine(lines, at)
    at += read === undefined ? 1 : read.lines
    if (read === undefined) continue
    const { name, value, problem } = read
    if (name !== undefined) assignments.push({ name, value, line })
    if (problem !== undefined) problems.push({ line, problem })
  }
  return { assignments, problems }
}

function readLine(
  lines: readonly string[],
  at: number,
): (Read & { readonly name?: string }) | undefined {
  const line = lines[at] ?? ''
  const trimmed = line.trim()
  if (trimmed === '' || trimmed.startsWith('#')) return undefined
  const name = nameOf(line)
  if (name === undefined) {
    return { value: '', lines: 1, problem: 'is no assignment (NAME=value) and is not used.' }
  }
  const after = line.slice(line.indexOf('=') + 1)
  const following = lines.slice(at + 1, at + longestValueLines)
  return { name, ...readValue(after, following) }
}

function nameOf(line: string): string | undefined {
  const end = line.indexOf('=')
  if (end < 0) return undefined
  const name = line
    .slice(0, end)
    .trim()
    .replace(/^export\s/, '')
    .trimStart()
  return nameShape.test(name) ? name : undefined
}

function readValue(after: string, following: readonly string[]): Read {
  const first = after.trim()
  const opening = first.charAt(0)
  const plain = { value: withoutComment(after), lines: 1 }
  if (opening === '[' || opening === '{') return readBracketed(first, following) ?? plain
  if (opening !== '"' && opening !== "'" && opening !== '`') return plain
  const quoted = readQuoted(first, following, opening)
  return quoted ?? { ...plain, problem: 'has a quote that is not closed.' }
}

/** Undefined where the quote is not closed, or where more than a comment follows it. */
function readQuoted(first: string, following: readonly string[], quote: string): Read | undefined {
  const text = [first, ...following].join('\n')
  const end = closingQuote(text, quote)
  if (end < 0) return undefined
  const inside = text.slice(1, end)
  const value = quote === '"' ? unescape(inside) : inside.replaceAll(`\\${quote}`, quote)
  const lines = lineCount(inside)
  const rest = restOfLine(text, end + 1)
  if (isNothing(rest)) return { value, lines }
  // `"a","b"`: a list of quoted items.
  return lines === 1 ? { value: withoutComment(first), lines } : undefined
}

function closingQuote(text: string, quote: string): number {
  for (let at = 1; at < text.length; at += 1) {
    if (text[at] === '\\' && quote !== '`') at += 1
    else if (text[at] === quote) return at
  }
  return -1
}

const escapes: Readonly<Record<string, string>> = {
  n: '\n',
  r: '\r',
  t: '\t',
  '"': '"',
  '\\': '\\',
}

function unescape(text: string): string {
  return text.replace(/\\([nrt"\\])/g, (_all, letter: string) => escapes[letter] ?? letter)
}

/** A JSON list or object, also over several lines. Undefined where it does not end. */
function readBracketed(first: string, following: readonly string[]): Read | undefined {
  const next = following.findIndex((line) => nameOf(line) !== undefined)
  const text = [first, ...(next < 0 ? following : following.slice(0, next))].join('\n')
  const end = closingBracket(text)
  if (end < 0 || !isNothing(restOfLine(text, end + 1))) return undefined
  const value = text.slice(0, end + 1)
  return { value, lines: lineCount(value) }
}

function closingBracket(text: string): number {
  let depth = 0
  let quote = ''
  for (let at = 0; at < text.length; at += 1) {
    const letter = text.charAt(at)
    if (letter === '\\') at += 1
    else if (quote !== '') quote = letter === quote ? '' : quote
    else if (letter === '"' || letter === "'") quote = letter
    else if (letter === '[' || letter === '{') depth += 1
    else if (letter === ']' || letter === '}') depth -= 1
    if (depth === 0) return at
  }
  return -1
}

function restOfLine(text: string, from: number): string {
  const end = text.indexOf('\n', from)
  return text.slice(from, end < 0 ? undefined : end)
}

const isNothing = (rest: string) => rest.trim() === '' || rest.trim().startsWith('#')
const lineCount = (text: string) => text.split('\n').length

/** A `#` begins a comment where a blank is before it: passwords may contain one. */
function withoutComment(text: string): string {
  for (let at = text.indexOf('#'); at >= 0; at = text.indexOf('#', at + 1)) {
    if (at > 0 && text.charAt(at - 1).trim() === '') return text.slice(0, at).trim()
  }
  return text.trim()
}
