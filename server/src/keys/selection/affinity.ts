import type { KeyId } from '../types.ts'

type Affinity = { readonly key: KeyId; readonly until: number }
type Bounds = { readonly conversations: number; readonly ttlMs: number }

/** Which key served a conversation last. Those silent for longest are forgotten first. */
export type Conversations = {
  keyOf(conversation: string, now: number): KeyId | undefined
  remember(affinity: {
    readonly conversation: string
    readonly key: KeyId
    readonly now: number
  }): void
  readonly size: number
}

export function createConversations(bounds: () => Bounds): Conversations {
  const affinities = new Map<string, Affinity>()
  return {
    keyOf(conversation, now) {
      const affinity = affinities.get(conversation)
      if (affinity && affinity.until <= now) affinities.delete(conversation)
      return affinity && affinity.until > now ? affinity.key : undefined
    },
    remember({ conversation, key, now }) {
      const { conversations, ttlMs } = bounds()
      affinities.delete(conversation)
      affinities.set(conversation, { key, until: now + ttlMs })
      for (const oldest of affinities.keys()) {
        if (affinities.size <= conversations) break
        affinities.delete(oldest)
      }
    },
    get size() {
      return affinities.size
    },
  }
}
