import { indexMembers, lastMember, type Member } from './body-index.ts'
import type { Range } from './json-scanner.ts'

/** Replaces a range with bytes; an empty range inserts them. */
export type Edit = Range & { readonly pieces: readonly Buffer[] }

/** Applies edits that do not overlap. Unchanged bytes are slices of the body, not copies; without edits the result is the body itself. */
export function applyEdits(body: Buffer, edits: readonly Edit[]): readonly Buffer[] {
  if (edits.length === 0) return [body]
  const pieces: Buffer[] = []
  let at = 0
  for (const { start, end, pieces: inserted } of edits.toSorted((a, b) => a.start - b.start)) {
    if (start < at) throw new RangeError(`Edits overlap at byte ${start}.`)
    if (start > at) pieces.push(body.subarray(at, start))
    // As arguments of one call, a hundred thousand pieces would exceed the stack.
    for (const piece of inserted) pieces.push(piece)
    at = end
  }
  if (at < body.length) pieces.push(body.subarray(at))
  return pieces
}

export function replaceBy(range: Range, value: unknown): Edit {
  return { ...range, pieces: [Buffer.from(JSON.stringify(value), 'utf8')] }
}

function insert(at: number, text: string): Edit {
  return { start: at, end: at, pieces: [Buffer.from(text, 'utf8')] }
}

export function isNull(body: Buffer, { start }: Range): boolean {
  return body[start] === 0x6e
}

type Values = Readonly<Record<string, unknown>>

/** Sets members of an object: existing ones are replaced, new ones inserted at its start. */
export function setMembers(object: Range, members: readonly Member[], values: Values): Edit[] {
  const edits: Edit[] = []
  const added: Buffer[] = []
  for (const name in values) {
    const existing = lastMember(members, name)?.value
    if (existing === undefined) added.push(memberBytes(name, values[name]), comma)
    else edits.push(replaceBy(existing, values[name]))
  }
  if (added.length === 0) return edits
  if (members.length === 0) added.pop()
  edits.push({ start: object.start + 1, end: object.start + 1, pieces: added })
  return edits
}

/** Sets members of an object that may be null; any other value is left for Google to refuse. */
export function setMembersInside(body: Buffer, value: Range, values: Values): Edit[] {
  if (Object.keys(values).length === 0) return []
  if (isNull(body, value)) return [replaceBy(value, values)]
  if (body[value.start] !== 0x7b) return []
  return setMembers(value, indexMembers(body, value), values)
}

/** Appends elements to a list that may be null, or a single object, which Google accepts for a list of one. */
export function appendElements(body: Buffer, list: Range, elements: readonly object[]): Edit[] {
  if (elements.length === 0) return []
  if (isNull(body, list)) return [replaceBy(list, elements)]
  const text = elements.map((element) => JSON.stringify(element)).join(',')
  switch (body[list.start]) {
    case 0x7b:
      return [insert(list.start, '['), insert(list.end, `,${text}]`)]
    case 0x5b: {
      const isEmpty = body.toString('latin1', list.start + 1, list.end - 1).trim() === ''
      return [insert(list.end - 1, isEmpty ? text : `,${text}`)]
    }
    default:
      return []
  }
}

/** Values from settings are the same for every request, so each is serialized once. */
const serialized = new WeakMap<object, { readonly name: string; readonly bytes: Buffer }>()

function memberBytes(name: string, value: unknown): Buffer {
  const known = isObject(value) ? serialized.get(value) : undefined
  if (known?.name === name) return known.bytes
  const bytes = Buffer.from(`"${name}":${JSON.stringify(value)}`)
  if (isObject(value)) serialized.set(value, { name, bytes })
  return bytes
}

const isObject = (value: unknown) => typeof value === 'object' && value !== null

const [open, comma, close] = [Buffer.from('['), Buffer.from(','), Buffer.from(']')]

/** A JSON list whose elements are pieces. */
export function listOf(elements: readonly (readonly Buffer[])[]): Buffer[] {
  const between = elements.flatMap((pieces, index) => (index === 0 ? pieces : [comma, ...pieces]))
  return [open, ...between, close]
}
