/**
 * The same for every turn of one conversation, and of a caller's conversations only by chance for two: a hash of who calls, the system
 * instruction and the first content. It chooses a key, it protects nothing, so it need not be a cryptographic one.
 */
export function conversationKey(caller: string, opening: readonly Buffer[]): string {
  let high = 0x811c9dc5
  let low = 0x01000193
  for (let at = 0; at < caller.length; at += 1) {
    high = Math.imul(high ^ caller.charCodeAt(at), 0x01000193)
  }
  low ^= high
  for (const piece of opening) {
    // Words of four bytes, and what remains byte by byte: openings are bounded, and cheap to read whole.
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

/** Spelled out: Buffer's own reader checks what is known here, and takes three times as long. */
function wordAt(bytes: Buffer, at: number): number {
  return (
    (bytes[at] ?? 0) |
    ((bytes[at + 1] ?? 0) << 8) |
    ((bytes[at + 2] ?? 0) << 16) |
    ((bytes[at + 3] ?? 0) << 24)
  )
}
