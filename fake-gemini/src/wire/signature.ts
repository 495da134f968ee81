import { hash } from '../hash.ts'

/** Both pass for any call whose real signature is lost, as plain text and base64-encoded. */
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

/** One of a few hundred signatures, so that a busy server does not make each anew. */
export function issueSignature(seed: string): string {
  const index = hash(seed) % different
  return (issued[index] ??= makeSignature(index))
}

/**
 * A signature shaped like Google's: protobuf that starts with 0x12, around bytes that mean nothing.
 * The last four are a checksum, so that every instance knows what any instance issued.
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
  return (
    bytes.length === 4 + payloadBytes + 4 &&
    bytes[0] === 0x12 &&
    bytes.readUInt32BE(4 + payloadBytes) === checksum(bytes)
  )
}
