import { formats, type Format, type MediaKind } from './formats.ts'

/** What is known about a file. */
export type MediaFacts = {
  readonly kind: MediaKind
  /** Media types that somebody says it has; the first that says anything counts. */
  readonly declared: readonly (string | undefined)[]
  /** OpenAI's name of its format, or a media type. */
  readonly format?: string | undefined
  readonly filename?: string | undefined
  /** Its first bytes. */
  readonly head: Buffer
}

export type MediaType =
  | { readonly type: string }
  /** Nothing says what it is. */
  | { readonly unknown: true }
  /** Not a format of audio or video. */
  | { readonly unknownFormat: string }
  /** Google takes no such files. */
  | { readonly unsupported: string }

/** How many bytes tell a file's type. */
export const headBytes = 24

/** The type of a file, as Google names it: declared, by its format or name, or by its first bytes. */
export function mediaTypeOf({ kind, declared, format, filename, head }: MediaFacts): MediaType {
  const isType = format?.includes('/') === true
  const said = [...declared, isType ? format : undefined].find(saysType)
  if (said !== undefined) return declaredType(said, kind)
  if (format && !isType) return typeOfFormat(format, kind)
  const row = rowNamed(extensionOf(filename)) ?? rowOfBytes(head)
  return row === undefined ? { unknown: true } : { type: asKind(row.type, kind) }
}

function typeOfFormat(format: string, kind: MediaKind): MediaType {
  const row = rowNamed(format)
  const type = row === undefined ? '' : asKind(row.type, kind)
  const isOfKind = kind === 'file' || kind === 'image' || type.startsWith(`${kind}/`)
  return type !== '' && isOfKind ? { type } : { unknownFormat: format.slice(0, maxShownLength) }
}

const unspecific: ReadonlySet<string> = new Set([
  '',
  '*/*',
  'application/*',
  'application/octet-stream',
  'binary/octet-stream',
  'application/binary',
  'application/force-download',
])

/** Whether a declared type says what a file is. */
function saysType(declared: string | undefined): declared is string {
  if (declared === undefined) return false
  const name = baseOf(declared)
  return !unspecific.has(name) && !name.endsWith('/*')
}

/** Whether Google may take files that are declared as this; for what is no type, the file decides. */
export const mayBeUsable = (declared: string | undefined): boolean =>
  !saysType(declared) || 'type' in declaredType(declared, 'file')

/** Google's list of subtypes grows, so these families pass, and Google decides. */
const acceptedFamily = /^(?:image|audio|video|text)\/[a-z0-9][\w.+-]*$/

function declaredType(declared: string, kind: MediaKind): MediaType {
  const name = baseOf(declared)
  const row = rowOfType.get(name)
  if (row === undefined && !acceptedFamily.test(name)) {
    return { unsupported: name.slice(0, maxShownLength) }
  }
  return { type: asKind(withRate(row?.type ?? name, declared), kind) }
}

const maxShownLength = 64

/** A container of pictures and sound is called `video/…` also where it has sound only. */
function asKind(type: string, kind: MediaKind): string {
  const audio = type.replace(/^video\//, 'audio/')
  return kind === 'audio' && rowOfType.has(audio) ? audio : type
}

/** Raw samples say their rate as a parameter of the type. */
function withRate(type: string, declared: string): string {
  if (!type.startsWith('audio/pcm')) return type
  const rate = parametersOf(declared).find((one) => /^rate=\d{4,6}$/.test(one))
  return rate === undefined ? type : `audio/pcm;${rate}`
}

const baseOf = (declared: string): string => (declared.split(';', 1)[0] ?? '').trim().toLowerCase()

const parametersOf = (declared: string): string[] =>
  declared
    .split(';', 8)
    .slice(1)
    .map((one) => one.trim().toLowerCase())

const rowOfType: ReadonlyMap<string, Format> = new Map(
  formats.flatMap((row) => [row.type, ...(row.aliases ?? [])].map((name) => [name, row] as const)),
)

const rowNamed = (name: string): Format | undefined => rowOfName.get(name.toLowerCase())

const rowOfName: ReadonlyMap<string, Format> = new Map(
  formats.toReversed().flatMap((row) => row.names.map((name) => [name, row] as const)),
)

function rowOfBytes(head: Buffer): Format | undefined {
  const text = head.toString('latin1')
  return formats.find(({ magic = [] }) =>
    magic.some((all) => all.every(({ at, bytes }) => text.startsWith(bytes, at))),
  )
}

/** The extension of a file's name or of an address's path. */
function extensionOf(filename = ''): string {
  const at = filename.lastIndexOf('.')
  return at === -1 ? '' : filename.slice(at + 1)
}

/** OpenAI's names of the formats of a kind. */
export const formatNames = (kind: MediaKind): string[] =>
  formats.filter(({ type }) => type.startsWith(`${kind}/`)).map(({ names: [first = ''] }) => first)
