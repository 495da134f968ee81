import type { Blob, Part } from '../../../google/requests/gemini-request.ts'
import { ClientError } from '../../client-error.ts'

/** A fetched file, or why fetching failed. */
export type Fetched = Blob | { readonly failure: string }

/** Remote files by URL, fetched before translation. */
export type RemoteMedia = ReadonlyMap<string, Fetched>

export type MediaPart =
  | { readonly part: Part }
  /** An unreadable part, replaced by an error text for the model, as in the Python program. */
  | { readonly part: Part; readonly problem: string }

const megabyte = 1024 * 1024

type Formats = {
  readonly noun: string
  readonly limitBytes: number
  readonly mimeTypes: Readonly<Record<string, string>>
}

const audio: Formats = {
  noun: 'audio',
  limitBytes: 50 * megabyte,
  mimeTypes: {
    wav: 'audio/wav',
    mp3: 'audio/mpeg',
    flac: 'audio/flac',
    ogg: 'audio/ogg',
    aac: 'audio/aac',
    aiff: 'audio/aiff',
  },
}

const video: Formats = {
  noun: 'video',
  limitBytes: 200 * megabyte,
  mimeTypes: {
    mp4: 'video/mp4',
    mov: 'video/quicktime',
    avi: 'video/x-msvideo',
    webm: 'video/webm',
  },
}

type Encoded = {
  readonly data?: string | null | undefined
  readonly format?: string | null | undefined
}

export const audioPart = (input: Encoded, param: string): MediaPart =>
  encodedPart(input, audio, param)
export const videoPart = (input: Encoded, param: string): MediaPart =>
  encodedPart(input, video, param)

function encodedPart({ data, format }: Encoded, formats: Formats, param: string): MediaPart {
  if (!data) throw new ClientError(`Missing '${param}.data'.`, { param: `${param}.data` })
  if (!format) throw new ClientError(`Missing '${param}.format'.`, { param: `${param}.format` })
  const mimeType = formats.mimeTypes[format.toLowerCase()]
  const problem = (reason: string): MediaPart => ({
    part: { text: `[Error processing ${formats.noun}: ${reason}]` },
    problem: reason,
  })
  if (mimeType === undefined) return problem(`Unsupported media format: ${format}`)
  const base64 = parseDataUrl(data)?.data ?? data
  if (!isBase64(base64)) return problem('Invalid base64 data')
  if (decodedLength(base64) > formats.limitBytes) {
    return problem(`Larger than ${formats.limitBytes / megabyte} MB`)
  }
  return { part: { inlineData: { mimeType, data: base64 } } }
}

/** A data URL, a file of Google's Files API, or a fetched remote file. */
export function urlPart(url: string, media: RemoteMedia, param: string): MediaPart {
  if (url.startsWith('data:')) {
    const blob = parseDataUrl(url)
    if (blob === undefined || !isBase64(blob.data)) {
      throw new ClientError(`'${param}' must be a data URL with base64 content.`, { param })
    }
    return { part: { inlineData: blob } }
  }
  if (isGoogleFile(url)) return { part: { fileData: { fileUri: url } } }
  const fetched = media.get(url)
  if (fetched === undefined) {
    throw new ClientError(`'${param}' must be a data URL or an http or https URL.`, { param })
  }
  if ('failure' in fetched) {
    return { part: { text: `[Error processing image: ${url}]` }, problem: fetched.failure }
  }
  return { part: { inlineData: fetched } }
}

type File = {
  readonly file_data?: string | null | undefined
  readonly file_id?: string | null | undefined
  readonly filename?: string | null | undefined
}

export function filePart(file: File, media: RemoteMedia, param: string): MediaPart {
  const { file_data: data, file_id: id } = file
  if (data) {
    if (data.startsWith('data:')) return urlPart(data, media, `${param}.file_data`)
    const mimeType = mimeTypeOf(file.filename ?? '')
    if (isRemote(data)) return urlPart(data, media, `${param}.file_data`)
    if (!isBase64(data)) {
      throw new ClientError(`'${param}.file_data' must be base64 or a data URL.`, {
        param: `${param}.file_data`,
      })
    }
    return { part: { inlineData: { mimeType, data } } }
  }
  if (id && isGoogleFile(id)) return { part: { fileData: { fileUri: fileUri(id) } } }
  throw new ClientError(
    `'${param}.file_id' must name a file of the Gemini Files API ('files/…'). Send other files as 'file_data'.`,
    { param: `${param}.file_id` },
  )
}

/** Whether a URL must be fetched before translation. */
export const isRemote = (url: string): boolean => /^https?:\/\//i.test(url) && !isGoogleFile(url)

const isGoogleFile = (url: string): boolean =>
  /^(https:\/\/generativelanguage\.googleapis\.com\/\w+\/)?files\/[\w-]+$/.test(url)

const fileUri = (id: string): string =>
  id.startsWith('files/') ? `https://generativelanguage.googleapis.com/v1beta/${id}` : id

/** No regular expression: over megabytes of base64 it is slow and can exhaust the stack. */
export function parseDataUrl(url: string): Blob | undefined {
  if (!url.startsWith('data:')) return undefined
  const comma = url.indexOf(',')
  if (comma === -1) return undefined
  const [mimeType = '', ...attributes] = url.slice('data:'.length, comma).split(';')
  if (!attributes.some((one) => one.trim().toLowerCase() === 'base64')) return undefined
  return { mimeType: standardName(mimeType.trim().toLowerCase()), data: url.slice(comma + 1) }
}

/** Replaces names of types that Google does not accept. */
function standardName(mimeType: string): string {
  switch (mimeType) {
    case 'image/jpg':
      return 'image/jpeg'
    case 'audio/mp3':
      return 'audio/mpeg'
    case 'audio/x-wav':
      return 'audio/wav'
    case '':
      return 'application/octet-stream'
    default:
      return mimeType
  }
}

/** Searches for the first invalid character: matching the whole text would backtrack over each byte. */
function isBase64(text: string): boolean {
  if (text === '') return false
  const invalidAt = text.search(/[^A-Za-z0-9+/_-]/)
  const padding = invalidAt === -1 ? '' : text.slice(invalidAt)
  return (text.length - padding.length) % 4 !== 1 && ['', '=', '=='].includes(padding)
}

const decodedLength = (base64: string): number => Math.floor((base64.length * 3) / 4)

const typesByExtension: Readonly<Record<string, string>> = {
  pdf: 'application/pdf',
  txt: 'text/plain',
  md: 'text/markdown',
  csv: 'text/csv',
  html: 'text/html',
  json: 'application/json',
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  webp: 'image/webp',
  mp3: 'audio/mpeg',
  wav: 'audio/wav',
  mp4: 'video/mp4',
}

const mimeTypeOf = (filename: string): string =>
  typesByExtension[filename.split('.').at(-1)?.toLowerCase() ?? ''] ?? 'application/pdf'
