import { UploadError } from './upload-error.ts'

/** Pieces of a multipart body: the header lines of each part, then its content. */
export type PartPiece =
  | { kind: 'headers'; headers: ReadonlyMap<string, string> }
  | { kind: 'content'; bytes: Buffer }

const lineEnd: Buffer = Buffer.from('\r\n')
const blankLine = Buffer.from('\r\n\r\n')
const maxHeaderBytes = 16_384

export const malformed = (): UploadError => new UploadError('Malformed multipart body.')

/** The boundary in a content type such as `multipart/related; boundary="x"`. */
export function boundaryIn(contentType: string): string | undefined {
  const [type = '', ...parameters] = contentType.split(';')
  if (!type.trim().toLowerCase().startsWith('multipart/')) return undefined
  for (const parameter of parameters) {
    const [name = '', ...rest] = parameter.split('=')
    if (name.trim().toLowerCase() !== 'boundary') continue
    const value = rest.join('=').trim()
    const boundary = value.startsWith('"') && value.endsWith('"') ? value.slice(1, -1) : value
    return boundary === '' ? undefined : boundary
  }
  return undefined
}

function headersIn(text: string): ReadonlyMap<string, string> {
  const headers = new Map<string, string>()
  for (const line of text.split('\r\n')) {
    const colon = line.indexOf(':')
    if (colon > 0) headers.set(line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim())
  }
  return headers
}

type State = 'preamble' | 'delimiter' | 'headers' | 'content' | 'end'
type Step = { state: State; held: Buffer; piece?: PartPiece }

/** Up to the next boundary, or up to what may be the beginning of one. */
function untilBoundary(state: State, held: Buffer, delimiter: Buffer): Step | undefined {
  const at = held.indexOf(delimiter)
  const end = at < 0 ? Math.max(0, held.length - delimiter.length + 1) : at
  if (at < 0 && end === 0) return undefined
  const rest = held.subarray(at < 0 ? end : end + delimiter.length)
  const step: Step = { state: at < 0 ? state : 'delimiter', held: rest }
  if (state === 'content' && end > 0) {
    step.piece = { kind: 'content', bytes: held.subarray(0, end) }
  }
  return step
}

function afterBoundary(held: Buffer): Step | undefined {
  const next = held.subarray(0, 2).toString('latin1')
  if (next === '--') return { state: 'end', held }
  if (next === '\r\n') return { state: 'headers', held }
  if (next.length < 2) return undefined
  throw malformed()
}

function headerLines(held: Buffer): Step | undefined {
  const at = held.indexOf(blankLine)
  if (at > maxHeaderBytes || (at < 0 && held.length > maxHeaderBytes)) throw malformed()
  if (at < 0) return undefined
  const text = held.subarray(lineEnd.length, Math.max(at, lineEnd.length)).toString('utf8')
  const piece: PartPiece = { kind: 'headers', headers: headersIn(text) }
  return { state: 'content', held: held.subarray(at + blankLine.length), piece }
}

/** Undefined if more bytes are needed. */
const steps: Readonly<Record<State, (held: Buffer, delimiter: Buffer) => Step | undefined>> = {
  preamble: (held, delimiter) => untilBoundary('preamble', held, delimiter),
  delimiter: afterBoundary,
  headers: headerLines,
  content: (held, delimiter) => untilBoundary('content', held, delimiter),
  end: (held) => (held.length > 0 ? { state: 'end', held: held.subarray(held.length) } : undefined),
}

/** Reads a multipart body of any size and holds no more of it than a boundary or the headers of a part. */
export async function* readParts(
  source: AsyncIterable<Buffer>,
  boundary: string,
): AsyncGenerator<PartPiece> {
  const delimiter = Buffer.from(`\r\n--${boundary}`)
  let state: State = 'preamble'
  // The first boundary may be at the very beginning, without a line before it.
  let held = lineEnd
  for await (const bytes of source) {
    held = Buffer.concat([held, bytes])
    let step: Step | undefined
    while ((step = steps[state](held, delimiter))) {
      if (step.piece) yield step.piece
      state = step.state
      held = step.held
    }
  }
  if (state !== 'end') throw malformed()
}
