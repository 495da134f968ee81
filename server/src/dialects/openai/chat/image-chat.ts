import type { ChatMessage, ChatRequest, ContentPart } from './chat-request.ts'
import { ClientError } from '../../client-error.ts'

/** The name that stands for pictures as an answer to a chat: that of the image model, and this. */
const suffix = '-chat'
/** Google gave Imagen up; who has it still in a setting gets pictures of its successor. */
const imagenSuccessor = 'gemini-3.1-flash-image'

export type ImageChatSettings = { readonly createImageModel: string }

export function imageChatName({ createImageModel }: ImageChatSettings): string | undefined {
  return createImageModel === '' ? undefined : createImageModel + suffix
}

/** The model that paints, where the client's name asks for pictures in a chat. */
export function imageModelFor(requested: string, settings: ImageChatSettings): string | undefined {
  if (requested !== imageChatName(settings)) return undefined
  const { createImageModel } = settings
  return createImageModel.startsWith('imagen-') ? imagenSuccessor : createImageModel
}

export type ImageOptions = {
  /** The request without its marks. */
  readonly chat: ChatRequest
  /** How many pictures, where a mark says so. */
  readonly count: number | undefined
  readonly aspectRatio: string | undefined
}

const ratios = ['1:1', '3:4', '4:3', '9:16', '16:9']
const maxImages = 4

/** Reads the marks of a prompt, `{n:2}` and `{ratio:16:9}`, out of the last message. Throws InvalidRequest. */
export function readImageOptions(chat: ChatRequest): ImageOptions {
  const marks: PromptOptions = {}
  const last = chat.messages.length - 1
  const messages = chat.messages.map((message, index) =>
    index === last ? withoutOptions(message, marks, `messages[${index}].content`) : message,
  )
  return { chat: { ...chat, messages }, count: marks.count, aspectRatio: marks.aspectRatio }
}

type PromptOptions = { count?: number; aspectRatio?: string }

function withoutOptions(message: ChatMessage, marks: PromptOptions, param: string): ChatMessage {
  const { content } = message
  if (typeof content === 'string')
    return { ...message, content: takeOptions(content, marks, param) }
  if (!Array.isArray(content)) return message
  const parts = content.map((part: ContentPart) =>
    part.type === 'text' ? { ...part, text: takeOptions(part.text, marks, param) } : part,
  )
  return { ...message, content: parts }
}

function takeOptions(text: string, marks: PromptOptions, param: string): string {
  const rest = text
    .replaceAll(/\{n:\s*(\d+)\s*\}/g, (_mark, count: string) => {
      marks.count = Number(count)
      return ''
    })
    .replaceAll(/\{ratio:\s*(\d+:\d+)\s*\}/g, (_mark, ratio: string) => {
      marks.aspectRatio = ratio
      return ''
    })
  const { count = 1, aspectRatio = '1:1' } = marks
  if (count < 1 || count > maxImages) {
    throw new ClientError(`'{n:${count}}' must ask for 1 to ${maxImages} pictures.`, {
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
