import type { Content, GenerateContentRequest, Part } from '../../google/requests/gemini-request.ts'

/** The value that Google documents for calls whose signature is not known. */
export const dummySignature = 'skip_thought_signature_validator'

/** The signature of a tool call that was answered earlier, if it is still known. */
export type FindSignature = (toolCallId: string) => string | undefined

/**
 * Google checks that the first call of each model turn is signed, and nothing else, so only there a missing signature is
 * made up for.
 */
export function withFirstCallSigned(content: Content): Content {
  const first = content.parts.findIndex((part) => part.functionCall !== undefined)
  if (first === -1 || content.parts[first]?.thoughtSignature !== undefined) return content
  return {
    ...content,
    parts: content.parts.map((part, index) =>
      index === first ? { ...part, thoughtSignature: dummySignature } : part,
    ),
  }
}

/** Whether an error of Google's is about a signature that it cannot read. */
export function isSignatureRefusal(status: number, message: string): boolean {
  if (status !== 400) return false
  return /corrupted thought signature|thought signature is not valid|thought_?signature'? \(TYPE_BYTES\)|missing a thought_signature/i.test(
    message,
  )
}

/** The same request with no signature in it but the one that always passes. */
export function withoutForeignSignatures(request: GenerateContentRequest): GenerateContentRequest {
  const contents = request.contents.map((content) =>
    content.role === 'model'
      ? withFirstCallSigned({ ...content, parts: content.parts.map(unsigned) })
      : content,
  )
  return { ...request, contents }
}

function unsigned(part: Part): Part {
  const { thoughtSignature: _dropped, ...rest } = part
  return rest
}
