import { forEachInSlices } from './for-each-in-slices.ts'

/** An object with more members than these is written in pieces, as every list is. */
const many = 50
/** How far down long members are looked for. */
const deepest = 2

/** An object or a list as JSON. What is long in it is written a few members at a time, and requests are let in between. */
export async function stringifyInSlices(value: object): Promise<Buffer> {
  const pieces: Buffer[] = []
  await write(pieces, value, 0)
  return Buffer.concat(pieces)
}

async function write(pieces: Buffer[], value: unknown, depth: number): Promise<void> {
  if (typeof value !== 'object' || value === null || depth > deepest || 'toJSON' in value) {
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
  if (entries.length > many) {
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
