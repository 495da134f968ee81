import type { Content, GenerateContentRequest, Part } from '../wire/request.ts'

export const hasFunctionResponse = (content: Content | undefined): boolean =>
  content?.parts?.some((part) => part.functionResponse !== undefined) ?? false

const isUserText = (part: Part): boolean => part.text !== undefined && part.thought !== true

/** All text of the last user content that has text. */
export function lastUserText(request: GenerateContentRequest): string {
  const { contents = [] } = request
  for (let index = contents.length - 1; index >= 0; index -= 1) {
    const content = contents[index]
    if (!content || content.role === 'model' || !content.parts) continue
    const [only, second] = content.parts
    if (only?.text !== undefined && second === undefined) return only.text
    const spoken = content.parts.filter(isUserText)
    if (spoken.length > 0) return spoken.map((part) => part.text).join('\n')
  }
  return ''
}
