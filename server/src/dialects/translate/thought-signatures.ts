import type { Content, GenerateContentRequest, Part } from '../../google/requests/gemini-request.ts'

/** The value that Google documents for calls whose signature is not known. */
export const dummySignature = 'skip_thought_signature_validator'

/** The signature of a tool call that was answered earlier, if it is still known. */
export type FindSignature = (toolCallId: string) => string | undefined

export interface SignatureStore {
  /** What is kept for one caller: nobody finds what another caller's calls were signed with. */
  find(caller: string, toolCallId: string): string | undefined
  keep(caller: string, toolCallId: string, signature: string): void
  /** Takes back what was kept before a restart, oldest first. */
  restore(entries: Iterable<SignatureEntry>): void
}

export type SignatureEntry = { readonly name: string; readonly signature: string }

export type SignatureLimits = { readonly entries: number; readonly bytes: number }

export const signatureLimits: SignatureLimits = { entries: 20_000, bytes: 64 * 1024 * 1024 }

export type SignatureStoreOptions = {
  readonly limits?: SignatureLimits
  /** Told of everything that is kept, to be stored over a restart; must not wait. */
  readonly onKept?: (entry: SignatureEntry) => void
}

/** Signatures by tool-call id, for clients that drop what they do not know. The oldest go first when it is full. */
export function createSignatureStore(options: SignatureStoreOptions = {}): SignatureStore {
  const { limits = signatureLimits, onKept } = options
  const kept = new Map<string, string>()
  let bytes = 0

  const forget = (name: string) => {
    const signature = kept.get(name)
    if (signature === undefined) return
    bytes -= name.length + signature.length
    kept.delete(name)
  }
  const put = (name: string, signature: string) => {
    const length = name.length + signature.length
    if (length > limits.bytes) return
    forget(name)
    kept.set(name, signature)
    bytes += length
    for (const oldest of kept.keys()) {
      if (kept.size <= limits.entries && bytes <= limits.bytes) break
      forget(oldest)
    }
  }

  return {
    find: (caller, toolCallId) => kept.get(nameOf(caller, toolCallId)),
    keep(caller, toolCallId, signature) {
      const name = nameOf(caller, toolCallId)
      put(name, signature)
      onKept?.({ name, signature })
    },
    restore(entries) {
      for (const { name, signature } of entries) put(name, signature)
    },
  }
}

const nameOf = (caller: string, toolCallId: string) => `${caller} ${toolCallId}`

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
