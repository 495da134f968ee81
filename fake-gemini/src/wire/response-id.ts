import type { Random } from '../random.ts'

const words = 4

/** About 22 characters of URL-safe base64, unique within one server. */
export function responseId(sequence: number, random: Random): string {
  const bytes = Buffer.allocUnsafe(words * 4)
  bytes.writeUInt32BE(sequence >>> 0)
  for (let word = 1; word < words; word += 1) {
    bytes.writeUInt32BE(Math.floor(random() * 4294967296), word * 4)
  }
  return bytes.toString('base64url')
}
