import type { ChatMessage, ChatRequest, ContentPart } from './chat-request.ts'
import { ClientError } from '../../../client-error.ts'

/** The image model's name with this suffix answers chats with images. */
const suffix = '-chat'
/** Replaces Imagen, which Google has shut down. */
const imagenSuccessor = 'gemini-3.1-flash-image'

export type ImageChatSettings = { readonly createImageModel: string }

export function imageChatName({ createImageModel }: ImageChatSettings): string | undefined {
  return createImageModel === '' ? undefined : createImageModel + suffix
}

/** The image model for a requested name; undefined for any other name. */
export function imageModelFor(requested: string, settings: ImageChatSettings): string | undefined {
  if (requested !== imageChatName(settings)) return undefined
  const { createImageModel } = settings
  return createImageModel.startsWith('imagen-') ? imagenSuccessor : createImageModel
}

export type ImageOptions = {
  /** The request without the options in its prompt. */
  readonly chat: ChatRequest
  readonly count: number | undefined
  readonly aspectRatio: string | undefined
}

const ratios = ['1:1', '3:4', '4:3', '9:16', '16:9']
const maxImages = 4

/** Reads and removes `{n:2}` and `{ratio:16:9}` in the last message. Throws ClientError. */
export function readImageOptions(chat: ChatRequest): ImageOptions {
  const options: PromptOptions = {}
  const last = chat.messages.length - 1
  const messages = chat.messages.map((message, index) =>
    index === last ? withoutOptions(message, options, `messages[${index}].content`) : message,
  )
  return { chat: { ...chat, messages }, count: options.count, aspectRatio: options.aspectRatio }
}

type PromptOptions = { count?: number; aspectRatio?: string }

function withoutOptions(message: ChatMessage, options: PromptOptions, param: string): ChatMessage {
  const { content } = message
  if (typeof content === 'string')
    return { ...message, content: takeOptions(content, options, param) }
  if (!Array.isArray(content)) return message
  const parts = content.map((part: ContentPart) =>
    part.type === 'text' ? { ...part, text: takeOptions(part.text, options, param) } : part,
  )
  return { ...message, content: parts }
}

function takeOptions(text: string, options: PromptOptions, param: string): string {
  const rest = text
    .replaceAll(/\{n:\s*(\d+)\s*\}/g, (_match, count: string) => {
      options.count = Number(count)
      return ''
    })
    .replaceAll(/\{ratio:\s*(\d+:\d+)\s*\}/g, (_match, ratio: string) => {
      options.aspectRatio = ratio
      return ''
    })
  const { count = 1, aspectRatio = '1:1' } = options
  if (count < 1 || count > maxImages) {
    throw new ClientError(`'{n:${count}}' must request 1 to ${maxImages} images.`, {
      param,
    })
  }
  if (!ratios.includes(aspectRatio)) {
    throw new ClientError(`'{ratio:${aspectRatio}}' must be one of ${ratios.join(', ')}.`, {
      param,
    })
  }
  return rest === text ? text : rest.trim()
}
