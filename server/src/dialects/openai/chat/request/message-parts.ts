import type { ContentPart } from './chat-request.ts'
import type { Part } from '../../../../google/requests/gemini-request.ts'
import { ClientError } from '../../../client-error.ts'
import type { FetchedFiles, RemoteFile } from '../../../media/remote-media.ts'
import { splitAtImages } from '../../../translate/content/markdown-images.ts'
import { mediaPart } from '../../../translate/content/media-parts.ts'
import { isRemote } from '../../../translate/content/media-place.ts'
import type { Translated, Warning } from '../../../translate/warnings.ts'

type MessageContent = string | readonly ContentPart[] | null | undefined

export type PartsContext = {
  readonly files: FetchedFiles
  /** Whether markdown images in texts become image parts, as image models need. */
  readonly readsMarkdownImages: boolean
}

/** Converts the content of a message; `param` is its path in the request. */
export function messageParts(
  content: MessageContent,
  context: PartsContext,
  param: string,
): Translated<Part[]> {
  const parts: Part[] = []
  const warnings: Warning[] = []
  const addText = (text: string, field: string) => {
    const read = textParts(text, context, field)
    for (const part of read.value) parts.push(part)
    warnings.push(...read.warnings)
  }
  if (typeof content === 'string') addText(content, param)
  else {
    for (const [index, item] of (content ?? []).entries()) {
      const field = `${param}[${index}]`
      if (item.type === 'media') parts.push(mediaPart(item.media, context.files, field))
      else if (item.type === 'text') addText(item.text, `${field}.text`)
      else parts.push(...plainText(item.refusal))
    }
  }
  return { value: parts, warnings }
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

/** The files of a content that must be fetched. */
export function remoteFiles(
  content: MessageContent,
  param: string,
  readsMarkdownImages: boolean,
): RemoteFile[] {
  if (content === null || content === undefined) return []
  const inText = (text: string, field: string) =>
    readsMarkdownImages ? imageUrls(text).map((url) => ({ url, field })) : []
  const files =
    typeof content === 'string'
      ? inText(content, param)
      : content.flatMap((item, index) => {
          const field = `${param}[${index}]`
          if (item.type === 'text') return inText(item.text, `${field}.text`)
          if (item.type !== 'media') return []
          return [{ url: item.media.content.trim(), field: `${field}.${item.media.at}` }]
        })
  return files.filter(({ url }) => isRemote(url))
}

const imageUrls = (text: string): string[] =>
  splitAtImages(text).flatMap((one) => ('imageUrl' in one ? [one.imageUrl] : []))

const plainText = (text: string): Part[] => (text === '' ? [] : [{ text }])

function textParts(
  text: string,
  { files, readsMarkdownImages }: PartsContext,
  field: string,
): Translated<Part[]> {
  if (!readsMarkdownImages || !text.includes('![')) return { value: plainText(text), warnings: [] }
  const warnings: Warning[] = []
  const value = splitAtImages(text).flatMap((segment): Part[] => {
    if ('text' in segment) return plainText(segment.text)
    const read = imageOrProblem(segment.imageUrl, files, field)
    if (typeof read !== 'string') return [read]
    warnings.push({ field, reason: read })
    return [{ text: `![image](${segment.imageUrl})` }]
  })
  return { value, warnings }
}

/** A markdown image that cannot be used stays text, as a client wrote it, and is named as dropped. */
function imageOrProblem(url: string, files: FetchedFiles, field: string): Part | string {
  try {
    return mediaPart({ kind: 'image', content: url, at: 'image' }, files, field)
  } catch (error) {
    if (error instanceof ClientError) return error.message
    throw error
  }
}
