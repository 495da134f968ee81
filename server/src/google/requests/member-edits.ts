import type { Edit } from './body-edits.ts'
import type { Range } from './json-scanner.ts'
import { surveyMembers, type Member } from './json-survey.ts'

/** A JSON object as it stands in the body. */
export type ObjectPlace = { readonly range: Range; readonly members: readonly Member[] }

/** The value that counts where a client wrote a member twice, for Google as for JSON.parse. */
export function lastMember(members: readonly Member[], name: string): Member | undefined {
  for (let at = members.length - 1; at >= 0; at -= 1) {
    if (members[at]?.name === name) return members[at]
  }
  return undefined
}

/** Sets members of an object: in place of those it has, which by then are null or to be replaced, else at its beginning. */
export function setMembers(
  { range, members }: ObjectPlace,
  values: Readonly<Record<string, unknown>>,
): Edit[] {
  const edits: Edit[] = []
  const absent: Buffer[] = []
  for (const name in values) {
    const place = lastMember(members, name)?.value
    if (place === undefined) absent.push(memberOf(name, values[name]), comma)
    else edits.push(replaceBy(place, values[name]))
  }
  if (absent.length === 0) return edits
  if (members.length === 0) absent.pop()
  edits.push({ start: range.start + 1, end: range.start + 1, pieces: absent })
  return edits
}

/** Sets members of the object that a value is. A null becomes the object; what else is no object is for Google to refuse. */
export function setMembersInside(
  body: Buffer,
  place: Range,
  values: Readonly<Record<string, unknown>>,
): Edit[] {
  if (Object.keys(values).length === 0) return []
  if (isNull(body, place)) return [replaceBy(place, values)]
  if (body[place.start] !== 0x7b) return []
  return setMembers({ range: place, members: surveyMembers(body, place) }, values)
}

/** Appends elements to the list that a value is. Google takes a single object for a list of one; here it becomes that list. */
export function appendElements(body: Buffer, place: Range, elements: readonly object[]): Edit[] {
  if (elements.length === 0) return []
  if (isNull(body, place)) return [replaceBy(place, elements)]
  const text = elements.map((element) => JSON.stringify(element)).join(',')
  switch (body[place.start]) {
    case 0x7b:
      return [insert(place.start, '['), insert(place.end, `,${text}]`)]
    case 0x5b: {
      const isEmpty = body.toString('latin1', place.start + 1, place.end - 1).trim() === ''
      return [insert(place.end - 1, isEmpty ? text : `,${text}`)]
    }
    default:
      return []
  }
}

/** What settings add is the same for every request, and is written out once. */
const written = new WeakMap<object, { readonly name: string; readonly bytes: Buffer }>()
const comma = Buffer.from(',')

function memberOf(name: string, value: unknown): Buffer {
  const known = isObject(value) ? written.get(value) : undefined
  if (known?.name === name) return known.bytes
  const bytes = Buffer.from(`"${name}":${JSON.stringify(value)}`)
  if (isObject(value)) written.set(value, { name, bytes })
  return bytes
}

const isObject = (value: unknown) => typeof value === 'object' && value !== null

export function replaceBy(range: Range, value: unknown): Edit {
  return { ...range, pieces: [Buffer.from(JSON.stringify(value), 'utf8')] }
}

export function isNull(body: Buffer, { start }: Range): boolean {
  return body[start] === 0x6e
}

function insert(at: number, text: string): Edit {
  return { start: at, end: at, pieces: [Buffer.from(text, 'utf8')] }
}
