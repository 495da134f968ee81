import type { KeyId } from '../types.ts'

type Affinity = { readonly key: KeyId; readonly until: number }
type Bounds = { readonly conversationCap: number; readonly conversationTtlMs: number }

/** Which key served a conversation last. Forgets the longest silent ones first. */
export type Conversations = {
  keyOf(conversation: string, now: number): KeyId | undefined
  remember(bond: { readonly conversation: string; readonly key: KeyId; readonly now: number }): void
  readonly size: number
}

export function createConversations(bounds: () => Bounds): Conversations {
  const bonds = new Map<string, Affinity>()
  return {
    keyOf(conversation, now) {
      const bond = bonds.get(conversation)
      if (bond && bond.until <= now) bonds.delete(conversation)
      return bond && bond.until > now ? bond.key : undefined
    },
    remember({ conversation, key, now }) {
      const { conversationCap: cap, conversationTtlMs: ttlMs } = bounds()
      bonds.delete(conversation)
      bonds.set(conversation, { key, until: now + ttlMs })
      for (const oldest of bonds.keys()) {
        if (bonds.size <= cap) break
        bonds.delete(oldest)
      }
    },
    get size() {
      return bonds.size
    },
  }
}
