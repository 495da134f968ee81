import type { Content, GenerateContentRequest, Part } from '../wire/request.ts'

export const hasFunctionResponse = (content: Content | undefined): boolean =>
  content?.parts?.some((part) => part.functionResponse !== undefined) ?? false

const isSpoken = (part: Part): boolean => part.text !== undefined && part.thought !== true

/** Everything the user said in the last content of theirs that has text. */
export function lastUserText(request: GenerateContentRequest): string {
  const { contents = [] } = request
  for (let index = contents.length - 1; index >= 0; index -= 1) {
    const content = contents[index]
    if (!content || content.role === 'model' || !content.parts) continue
    const [only, second] = content.parts
    if (only?.text !== undefined && second === undefined) return only.text
    const spoken = content.parts.filter(isSpoken)
    if (spoken.length > 0) return spoken.map((part) => part.text).join('\n')
  }
  return ''
}
