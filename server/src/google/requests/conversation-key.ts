/**
 * A hash of the caller and the opening of the conversation, the same for all its turns. It only chooses a key, so it need not be
 * cryptographic.
 */
export function conversationKey(caller: string, opening: readonly Buffer[]): string {
  let high = 0x811c9dc5
  let low = 0x01000193
  for (let at = 0; at < caller.length; at += 1) {
    high = Math.imul(high ^ caller.charCodeAt(at), 0x01000193)
  }
  low ^= high
  for (const piece of opening) {
    let at = 0
    for (; at + 4 <= piece.length; at += 4) {
      const word = wordAt(piece, at)
      high = Math.imul(high ^ word, 0x01000193)
      low = Math.imul(low ^ (word >>> 15) ^ high, 0x85ebca6b)
    }
    for (; at < piece.length; at += 1) high = Math.imul(high ^ (piece[at] ?? 0), 0x01000193)
    low ^= piece.length
  }
  return `${high | 0}.${low | 0}`
}

/** Little-endian; Buffer.readInt32LE takes three times as long because of its checks. */
function wordAt(bytes: Buffer, at: number): number {
  return (
    (bytes[at] ?? 0) |
    ((bytes[at + 1] ?? 0) << 8) |
    ((bytes[at + 2] ?? 0) << 16) |
    ((bytes[at + 3] ?? 0) << 24)
  )
}
