/** Thought signatures by tool-call id, in memory, for clients that drop what they do not know. */
export type Signatures = {
  /** No caller finds what was kept for another. */
  find(caller: string, toolCallId: string): string | undefined
  keep(caller: string, toolCallId: string, signature: string): void
  /** Takes back what was stored before a restart, oldest first. */
  restore(entries: Iterable<SignatureEntry>): void
}

export type SignatureEntry = { readonly name: string; readonly signature: string }

export type SignatureLimits = { readonly entries: number; readonly bytes: number }

export const signatureLimits: SignatureLimits = { entries: 20_000, bytes: 64 * 1024 * 1024 }

export type SignaturesOptions = {
  readonly limits?: SignatureLimits
  /** Called for each entry that is kept, to store it for a restart; must not wait. */
  readonly onKept?: (entry: SignatureEntry) => void
}

/** When the limits are reached, the oldest entries go first. */
export function createSignatures(options: SignaturesOptions = {}): Signatures {
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
