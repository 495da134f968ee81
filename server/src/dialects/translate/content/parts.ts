import type { AnswerPart } from '../../../google/answers/gemini-answer.ts'

/** One part of Gemini's answer, as a chat client gets it. */
export type Piece =
  | { readonly kind: 'content'; readonly text: string }
  | { readonly kind: 'reasoning'; readonly text: string }
  | {
      readonly kind: 'call'
      readonly id: string | undefined
      readonly name: string
      readonly arguments: string
      readonly signature: string | undefined
    }
  /** A signature of the text, not of a call. */
  | { readonly kind: 'signature'; readonly signature: string }

/** Renders an image as text. */
export type ImageText = (url: string) => string

export const plainImage: ImageText = (url) => `\n\n![image](${url})\n\n`

export function renderPart(part: AnswerPart, imageText = plainImage): Piece[] {
  const signature = part.thoughtSignature
  if (part.functionCall) {
    const { id, name, args } = part.functionCall
    return [
      {
        kind: 'call',
        id,
        name,
        arguments: JSON.stringify(args),
        signature,
      },
    ]
  }
  const text = part.text ?? ''
  const kind = part.thought === true ? 'reasoning' : 'content'
  const content = kind === 'reasoning' ? text : text + mediaText(part, imageText) + codeText(part)
  const pieces: Piece[] = content === '' ? [] : [{ kind, text: content }]
  if (signature !== undefined) pieces.push({ kind: 'signature', signature })
  return pieces
}

/** Images become markdown images; other media become links. */
function mediaText({ inlineData }: AnswerPart, imageText: ImageText): string {
  if (!inlineData) return ''
  const mimeType = inlineData.mimeType ?? 'application/octet-stream'
  const url = `data:${mimeType};base64,${inlineData.data}`
  return mimeType.startsWith('image/')
    ? imageText(url)
    : `\n\n[${mimeType.split('/')[0] ?? 'media'}](${url})\n\n`
}

/** The text of the Python program: clients recognise these blocks by it. */
function codeText({ executableCode, codeExecutionResult }: AnswerPart): string {
  if (executableCode) {
    const language = executableCode.language.toLowerCase()
    const code = executableCode.code.trim()
    return `\n\n---\n\n【代码执行】\n\`\`\`${language}\n${code}\n\`\`\`\n`
  }
  if (codeExecutionResult) {
    const output = codeExecutionResult.output.trim()
    return `\n【执行结果】\n> outcome: ${codeExecutionResult.outcome}\n\n【输出结果】\n\`\`\`plaintext\n${output}\n\`\`\`\n\n---\n\n`
  }
  return ''
}
