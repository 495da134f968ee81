import { isObject, type JsonObject } from '../../../runtime/json-value.ts'
import type { MediaKind } from '../../media/formats.ts'
import type { MediaSource } from './media-parts.ts'

type Shape = {
  readonly kind: MediaKind
  /** Members that hold the content, or an object with it; else it lies beside `type`. */
  readonly under: readonly string[]
  /** The field to name where there is no content. */
  readonly expects: string
  /** The format must be known, by its name or from the bytes. */
  readonly formatAt?: string
}

/** How OpenAI, LangChain, the AI SDK, Anthropic and others write files in messages, by the type of the part. */
const mediaShapes = {
  image_url: { kind: 'image', under: ['image_url'], expects: 'image_url.url' },
  input_image: { kind: 'image', under: ['image_url', 'input_image'], expects: 'image_url' },
  image: { kind: 'image', under: ['image', 'source', 'image_url', 'data'], expects: 'image' },
  audio_url: { kind: 'audio', under: ['audio_url'], expects: 'audio_url.url' },
  input_audio: {
    kind: 'audio',
    under: ['input_audio'],
    expects: 'input_audio.data',
    formatAt: 'input_audio.format',
  },
  audio: { kind: 'audio', under: ['audio', 'source', 'data'], expects: 'data' },
  video_url: { kind: 'video', under: ['video_url'], expects: 'video_url.url' },
  input_video: {
    kind: 'video',
    under: ['input_video'],
    expects: 'input_video.data',
    formatAt: 'input_video.format',
  },
  video: { kind: 'video', under: ['video', 'source', 'data'], expects: 'data' },
  file: { kind: 'file', under: ['file', 'source', 'data'], expects: 'file.file_data' },
  input_file: { kind: 'file', under: ['file', 'input_file'], expects: 'file_data' },
  file_url: { kind: 'file', under: ['file_url'], expects: 'file_url.url' },
  document: { kind: 'file', under: ['document', 'source'], expects: 'source.data' },
  'text-plain': { kind: 'file', under: ['data'], expects: 'text' },
  media: { kind: 'file', under: ['media'], expects: 'data' },
} as const satisfies Record<string, Shape>

export type MediaType = keyof typeof mediaShapes

const isMediaType = (type: string): type is MediaType => type in mediaShapes
export const mediaTypes: readonly MediaType[] = Object.keys(mediaShapes).filter(isMediaType)

/** Fields that hold the content, in the order in which they count. */
const contentFields = [
  'file_data',
  'data',
  'base64',
  'url',
  'file_url',
  'file_uri',
  'fileUri',
  'uri',
  'file_id',
  'fileId',
]
const typeFields = ['mime_type', 'mimeType', 'media_type', 'mediaType']
const nameFields = ['filename', 'file_name', 'name', 'title']

export type ReadMedia = MediaSource | { readonly missing: string }

/** Reads a part in any of its shapes. */
export function readMedia(type: MediaType, part: JsonObject): ReadMedia {
  const shape: Shape = mediaShapes[type]
  const held = shape.under.find((name) => isText(part[name]) || isObject(part[name]))
  const inner = held === undefined ? part : part[held]
  if (held !== undefined && isText(inner)) {
    return sourceOf(shape, { part, holder: part, content: inner, at: held })
  }
  const holder = isObject(inner) ? inner : part
  const field = fieldsOf(holder).find((name) => isText(holder[name]))
  const content = field === undefined ? undefined : textOf(holder, [field])
  if (field === undefined || content === undefined) return { missing: shape.expects }
  const at = held === undefined ? field : `${held}.${field}`
  return sourceOf(shape, { part, holder, content, at })
}

/** An `id` may also be the part's own, unless it says that it is a file's. */
const fieldsOf = (holder: JsonObject): readonly string[] =>
  holder['source_type'] === 'id' ? ['id', ...contentFields] : contentFields

type Found = {
  readonly part: JsonObject
  readonly holder: JsonObject
  readonly content: string
  readonly at: string
}

function sourceOf(shape: Shape, { part, holder, content, at }: Found): MediaSource {
  const hints = [holder, part, part['metadata'], part['extras']].filter(isObject)
  const hint = (fields: readonly string[]) =>
    hints.map((one) => textOf(one, fields)).find((one) => one !== undefined)
  const format = hint(['format'])
  const besides = at.includes('.') ? at.slice(0, at.lastIndexOf('.') + 1) : ''
  return {
    kind: shape.kind,
    content,
    at,
    mimeType: hint(typeFields),
    format,
    formatAt: shape.formatAt ?? (format === undefined ? undefined : `${besides}format`),
    filename: hint(nameFields),
  }
}

const isText = (value: unknown): value is string => typeof value === 'string' && value !== ''

const textOf = (holder: JsonObject, fields: readonly string[]): string | undefined =>
  fields.map((field) => holder[field]).find(isText)
