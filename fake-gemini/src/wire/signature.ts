import { hash } from '../hash.ts'

/** Google's documented dummies for lost signatures; accepted as plain text and as base64. */
const dummies: ReadonlySet<string> = new Set(
  ['skip_thought_signature_validator', 'context_engineering_is_the_way_to_go'].flatMap((text) => [
    text,
    Buffer.from(text).toString('base64'),
    Buffer.from(text).toString('base64url'),
  ]),
)

const payloadBytes = 32
const salt = 'fake-gemini signature'

const different = 256
const issued: (string | undefined)[] = []

/** Signatures are cached: there are only a few hundred. */
export function issueSignature(seed: string): string {
  const index = hash(seed) % different
  return (issued[index] ??= makeSignature(index))
}

/**
 * Like Google's: a protobuf that starts with 0x12, with meaningless bytes. The last four bytes are
 * a checksum, so that each instance accepts the signatures of all instances.
 */
function makeSignature(seed: number): string {
  const bytes = Buffer.alloc(4 + payloadBytes + 4)
  bytes.set([0x12, payloadBytes + 6, 0x0a, payloadBytes + 4])
  for (let index = 0; index < payloadBytes; index += 4) {
    bytes.writeUInt32BE(hash(`${index}${seed}`), 4 + index)
  }
  bytes.writeUInt32BE(checksum(bytes), 4 + payloadBytes)
  return bytes.toString('base64')
}

function checksum(bytes: Buffer): number {
  return hash(salt + bytes.toString('latin1', 0, 4 + payloadBytes))
}

export function acceptsSignature(signature: string): boolean {
  if (dummies.has(signature)) return true
  const bytes = Buffer.from(signature, 'base64')
  if (isWholeFromGoogle(bytes)) return true
  return (
    bytes.length === 4 + payloadBytes + 4 &&
    bytes[0] === 0x12 &&
    bytes.readUInt32BE(4 + payloadBytes) === checksum(bytes)
  )
}

/** Clients send a signature of Google's for calls without one. Its content cannot be checked, its length can. */
function isWholeFromGoogle(bytes: Buffer): boolean {
  const inner = bytes.length > 2 * payloadBytes ? restOfField(bytes, 0x12) : undefined
  return inner !== undefined && restOfField(inner, 0x0a) !== undefined
}

/** The content of a protobuf field that takes all bytes. */
function restOfField(bytes: Buffer, tag: number): Buffer | undefined {
  if (bytes[0] !== tag) return undefined
  const [low = 0, high = 0] = bytes.subarray(1)
  const isLong = low >= 0x80
  const rest = bytes.subarray(isLong ? 3 : 2)
  return rest.length === (isLong ? (low & 0x7f) + high * 0x80 : low) ? rest : undefined
}
