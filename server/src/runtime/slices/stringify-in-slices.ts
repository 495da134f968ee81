import { forEachInSlices } from './for-each-in-slices.ts'

/** Objects with more members are written in slices, as every list is. */
const manyMembers = 50
/** How deep long lists and objects are looked for. */
const maxDepth = 2

/** JSON of an object or a list. Long lists and objects are written a few members at a time, and requests run in between. */
export async function stringifyInSlices(value: object): Promise<Buffer> {
  const pieces: Buffer[] = []
  await write(pieces, value, 0)
  return Buffer.concat(pieces)
}

async function write(pieces: Buffer[], value: unknown, depth: number): Promise<void> {
  if (typeof value !== 'object' || value === null || depth > maxDepth || 'toJSON' in value) {
    pieces.push(Buffer.from(JSON.stringify(value)))
  } else if (Array.isArray(value)) {
    await writeInPieces(pieces, value, { ...list, json: (some) => JSON.stringify(some) })
  } else {
    await writeObject(pieces, Object.entries(value), depth)
  }
}

type Entry = [name: string, member: unknown]

async function writeObject(
  pieces: Buffer[],
  entries: readonly Entry[],
  depth: number,
): Promise<void> {
  if (entries.length > manyMembers) {
    const json = (some: readonly Entry[]) => JSON.stringify(Object.fromEntries(some))
    return writeInPieces(pieces, entries, { ...map, json })
  }
  let before = '{'
  for (const [name, member] of entries) {
    if (member === undefined) continue
    pieces.push(Buffer.from(`${before}${JSON.stringify(name)}:`))
    await write(pieces, member, depth + 1)
    before = ','
  }
  pieces.push(Buffer.from(before === '{' ? '{}' : '}'))
}

const list = { open: '[', close: ']' }
const map = { open: '{', close: '}' }

type Form<T> = {
  readonly open: string
  readonly close: string
  readonly json: (some: readonly T[]) => string
}

async function writeInPieces<T>(
  pieces: Buffer[],
  members: readonly T[],
  { open, close, json }: Form<T>,
): Promise<void> {
  let before = open
  await forEachInSlices(members, (some) => {
    const text = json(some).slice(1, -1)
    if (text === '') return
    pieces.push(Buffer.from(before + text))
    before = ','
  })
  pieces.push(Buffer.from(before === open ? open + close : close))
}
