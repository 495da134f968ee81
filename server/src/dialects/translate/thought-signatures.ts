import type { Content, GenerateContentRequest, Part } from '../../google/requests/gemini-request.ts'

/** Google's documented value for calls with an unknown signature. */
export const dummySignature = 'skip_thought_signature_validator'

/** Finds the stored signature of an earlier tool call. */
export type FindSignature = (toolCallId: string) => string | undefined

/** Adds a missing signature to the first call of a turn, the only one that Google checks. */
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

/** Whether Google refused a request because of a signature. */
export function isSignatureRefusal(status: number, message: string): boolean {
  if (status !== 400) return false
  return /corrupted thought signature|thought signature is not valid|thought_?signature'? \(TYPE_BYTES\)|missing a thought_signature/i.test(
    message,
  )
}

/** Replaces all signatures of a request by the dummy. */
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
