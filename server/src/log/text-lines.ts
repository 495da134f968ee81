export type TextStyle = {
  readonly isColoured: boolean
  /** A terminal shows the time of day; a file needs the date too. */
  readonly hasDate: boolean
}

type Fields = Readonly<Record<string, unknown>>

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const ansi = { red: 31, yellow: 33, cyan: 36, dim: 2, bold: 1 } as const
const colours: Readonly<Record<string, number>> = {
  fatal: ansi.red,
  error: ansi.red,
  warn: ansi.yellow,
  info: ansi.cyan,
}

/** What stands in the line already, or belongs to machines. */
const shownElsewhere = new Set(['level', 'time', 'msg', 'err', 'event'])

/** Makes a line of JSON a line for eyes: level, time, sentence, then the other fields. */
export function textLine(json: string, style: TextStyle): string {
  const fields = parse(json)
  if (fields === undefined) return json
  const paint = (code: number, text: string) =>
    style.isColoured ? `\u001b[${code}m${text}\u001b[0m` : text
  const level = textOf(fields['level'])
  const details = Object.entries(fields)
    .filter(([name]) => !shownElsewhere.has(name))
    .map(([name, value]) => `${printable(name)}=${textOf(value)}`)
  const parts = [
    paint(colours[level] ?? ansi.dim, level.toUpperCase().padEnd(5)),
    paint(ansi.dim, timeOf(fields['time'], style)),
    sentenceOf(fields),
    ...(details.length === 0 ? [] : [paint(ansi.dim, details.join(' '))]),
  ]
  const stack = stackOf(fields['err']).map((line) => `\n      ${paint(ansi.dim, line)}`)
  return `${parts.join(' ')}${stack.join('')}\n`
}

/** Undefined where the scrubber took a part of the syntax away. */
function parse(json: string): Fields | undefined {
  try {
    const value: unknown = JSON.parse(json)
    return isFields(value) ? value : undefined
  } catch {
    return undefined
  }
}

function sentenceOf({ msg, err }: Fields): string {
  const problems = messagesOf(err).filter((text) => text !== msg)
  const sentence = textOf(msg)
  return [sentence, ...problems.map(printable)].filter((part) => part !== '').join(' ')
}

/** The message of an error and those of its causes. */
function messagesOf(err: unknown): string[] {
  if (!isFields(err)) return err === undefined ? [] : [textOf(err)]
  const { type, message, code, cause } = err
  const own = [message, code, type].find((text) => typeof text === 'string' && text !== '')
  const messages = [textOf(own), ...messagesOf(cause)]
  return messages.filter((text, at) => messages.indexOf(text) === at)
}

function stackOf(err: unknown): string[] {
  if (!isFields(err) || typeof err['stack'] !== 'string') return []
  return err['stack']
    .split('\n')
    .map((line) => printable(line.trim()))
    .filter((line) => line.startsWith('at '))
}

const two = (part: number) => String(part).padStart(2, '0')

function timeOf(time: unknown, { hasDate }: TextStyle): string {
  const date = new Date(String(time))
  const clock = [date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(':')
  if (!hasDate) return clock
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${clock}`
}

function textOf(value: unknown): string {
  if (value === undefined) return ''
  return printable(typeof value === 'string' ? value : JSON.stringify(value))
}

/** Text of others must not move the cursor or colour the terminal. */
function printable(text: string): string {
  return text.replace(
    /[\p{Cc}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu,
    (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
