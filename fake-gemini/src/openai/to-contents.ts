import type { Content, Part } from '../wire/request.ts'
import type { ChatRequest, Message, MessagePart, ToolCall } from './request.ts'

const isSystem = ({ role }: Message): boolean => role === 'system' || role === 'developer'

export function toContents({ messages = [] }: ChatRequest): {
  contents: Content[]
  systemInstruction?: Content
} {
  const names = new Map(
    messages.flatMap(({ tool_calls: calls = [] }) =>
      calls.map(({ id = '', function: called }) => [id, called?.name ?? ''] as const),
    ),
  )
  const contents: Content[] = []
  for (const message of messages.filter((one) => !isSystem(one))) {
    const next = toContent(message, names)
    const last = contents.at(-1)
    // The tool results of one turn go into one content.
    if (message.role === 'tool' && last && last.role === 'tool') {
      contents[contents.length - 1] = {
        ...last,
        parts: [...(last.parts ?? []), ...(next.parts ?? [])],
      }
    } else contents.push(next)
  }
  const system = messages.filter(isSystem).flatMap(({ content }) => toParts(content))
  return {
    contents: contents.map((content) =>
      content.role === 'tool' ? { ...content, role: 'user' } : content,
    ),
    ...(system.length === 0 ? {} : { systemInstruction: { parts: system } }),
  }
}

function toContent(message: Message, names: ReadonlyMap<string, string>): Content {
  const { role, content, tool_calls: calls = [], tool_call_id: id = '' } = message
  if (role === 'tool') {
    const text = toParts(content)
      .map((part) => part.text ?? '')
      .join('')
    const name = names.get(id) ?? ''
    return { role, parts: [{ functionResponse: { id, name, response: { result: text } } }] }
  }
  if (role !== 'assistant') return { role: 'user', parts: toParts(content) }
  return { role: 'model', parts: [...toParts(content), ...calls.map(callPart)] }
}

function callPart({ id, function: called, extra_content: extra }: ToolCall): Part {
  const signature = extra?.google?.thought_signature
  return {
    functionCall: {
      ...(id === undefined ? {} : { id }),
      name: called?.name ?? '',
      args: argsOf(called?.arguments ?? ''),
    },
    ...(signature === undefined ? {} : { thoughtSignature: signature }),
  }
}

function argsOf(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? { ...value } : {}
  } catch {
    // Arguments that are not JSON are dropped.
    return {}
  }
}

function toParts(content: Message['content']): Part[] {
  if (typeof content === 'string') return content === '' ? [] : [{ text: content }]
  return (content ?? []).map(toPart)
}

function toPart({ text, image_url: image, input_audio: audio }: MessagePart): Part {
  if (audio) {
    return { inlineData: { mimeType: `audio/${audio.format ?? 'wav'}`, data: audio.data ?? '' } }
  }
  if (!image) return { text: text ?? '' }
  const [, mimeType, data] = /^data:([^;,]+);base64,(.*)$/s.exec(image.url ?? '') ?? []
  if (mimeType === undefined || data === undefined)
    return { fileData: { fileUri: image.url ?? '' } }
  return { inlineData: { mimeType, data } }
}
