import type { ContentPart } from './chat-request.ts'
import type { Part } from '../../../../google/requests/gemini-request.ts'
import { splitAtImages } from '../../../translate/content/markdown-images.ts'
import {
  audioPart,
  filePart,
  isRemote,
  urlPart,
  videoPart,
  type MediaPart,
  type RemoteMedia,
} from '../../../translate/content/media-parts.ts'
import type { Translated } from '../../../translate/warnings.ts'

type MessageContent = string | readonly ContentPart[] | null | undefined

export type PartsContext = {
  readonly media: RemoteMedia
  /** Whether markdown images in texts become image parts, as image models need. */
  readonly readsMarkdownImages: boolean
}

/** Converts the content of a message; `param` is its path in the request. */
export function messageParts(
  content: MessageContent,
  context: PartsContext,
  param: string,
): Translated<Part[]> {
  if (content === null || content === undefined || content === '') {
    return { value: [], warnings: [] }
  }
  if (typeof content === 'string') return { value: textParts(content, context), warnings: [] }
  const parts: Part[] = []
  const warnings: { field: string; reason: string }[] = []
  for (const [index, item] of content.entries()) {
    const field = `${param}[${index}]`
    if (item.type === 'text') {
      for (const part of textParts(item.text, context)) parts.push(part)
    } else if (item.type === 'refusal') parts.push(...plainText(item.refusal))
    else {
      const read = mediaPart(item, context.media, field)
      parts.push(read.part)
      if ('problem' in read) warnings.push({ field, reason: read.problem })
    }
  }
  return { value: parts, warnings }
}

type MediaContent = Exclude<ContentPart, { type: 'text' | 'refusal' }>

function mediaPart(item: MediaContent, media: RemoteMedia, field: string): MediaPart {
  switch (item.type) {
    case 'image_url':
      return urlPart(item.image_url, media, `${field}.image_url.url`)
    case 'video_url':
      return urlPart(item.video_url, media, `${field}.video_url.url`)
    case 'input_audio':
      return audioPart(item.input_audio, `${field}.input_audio`)
    case 'input_video':
      return videoPart(item.input_video, `${field}.input_video`)
    case 'file':
      return filePart(item.file, media, `${field}.file`)
  }
}

/** The text of a content without media, where Gemini accepts only text. */
export function textOf(content: MessageContent): string {
  if (content === null || content === undefined) return ''
  if (typeof content === 'string') return content
  return content
    .map((item) => {
      if (item.type === 'text') return item.text
      return item.type === 'refusal' ? item.refusal : ''
    })
    .join('')
}

/** The URLs of a content that must be fetched. */
export function remoteUrls(content: MessageContent, readsMarkdownImages: boolean): string[] {
  if (content === null || content === undefined) return []
  const items = typeof content === 'string' ? [{ type: 'text', text: content } as const] : content
  return items.flatMap((item) => urlsOf(item, readsMarkdownImages)).filter(isRemote)
}

function urlsOf(item: ContentPart, readsMarkdownImages: boolean): string[] {
  switch (item.type) {
    case 'image_url':
      return [item.image_url]
    case 'video_url':
      return [item.video_url]
    case 'file':
      return [item.file.file_data ?? '']
    case 'text':
      if (!readsMarkdownImages) return []
      return splitAtImages(item.text).flatMap((one) => ('imageUrl' in one ? [one.imageUrl] : []))
    default:
      return []
  }
}

const plainText = (text: string): Part[] => (text === '' ? [] : [{ text }])

function textParts(text: string, { media, readsMarkdownImages }: PartsContext): Part[] {
  if (!readsMarkdownImages || !text.includes('![')) return plainText(text)
  return splitAtImages(text).flatMap((segment): Part[] => {
    if ('text' in segment) return plainText(segment.text)
    return [imageOrText(segment.imageUrl, media)]
  })
}

/** A markdown image that cannot be loaded stays text. */
function imageOrText(url: string, media: RemoteMedia): Part {
  const asText = { text: `![image](${url})` }
  try {
    const read = urlPart(url, media, 'content')
    return 'problem' in read ? asText : read.part
  } catch {
    return asText
  }
}
