import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  hkdf,
  randomBytes,
  scrypt,
} from 'node:crypto'
import { promisify } from 'node:util'

/** How secrets are stored. */
export interface SecretBox {
  /** What is stored for the secret. */
  seal(secret: string): string
  /** The secret of what is stored. Throws SealBroken when another box sealed it. */
  open(stored: string): string
  /** Equal for equal secrets, and reveals nothing of them: rows are found by it. */
  fingerprint(secret: string): string
}

/** The stored text was not sealed by this box, or was changed since. */
export class SealBroken extends Error {
  constructor(cause?: unknown) {
    super('A stored secret cannot be opened.', { cause })
    this.name = 'SealBroken'
  }
}

/** Without an encryption key, secrets are stored in plain. */
export const plainBox: SecretBox = {
  seal: (secret) => secret,
  open: (stored) => stored,
  fingerprint: (secret) => createHash('sha256').update(secret).digest('hex'),
}

const prefix = 'gcm1:'
const nonceBytes = 12
const tagBytes = 16
const keyBytes = 32

/** Slow on purpose, once a start: an encryption key may be a phrase that a person chose. */
const stretch = promisify<string, Buffer, number, Buffer>(scrypt)
const derive = promisify(hkdf)

/** AES-256-GCM, and HMAC-SHA-256 for fingerprints, each with its own key derived from the encryption key. */
export async function createSealedBox(encryptionKey: string, salt: Buffer): Promise<SecretBox> {
  const root = await stretch(encryptionKey, salt, keyBytes)
  const keyFor = async (use: string) => Buffer.from(await derive('sha256', root, '', use, keyBytes))
  const sealing = await keyFor('gemini-balance seal')
  const finding = await keyFor('gemini-balance fingerprint')
  return {
    seal(secret) {
      const nonce = randomBytes(nonceBytes)
      const cipher = createCipheriv('aes-256-gcm', sealing, nonce)
      const body = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()])
      return prefix + Buffer.concat([nonce, body, cipher.getAuthTag()]).toString('base64')
    },
    open: (stored) => open(sealing, stored),
    fingerprint: (secret) => createHmac('sha256', finding).update(secret).digest('hex'),
  }
}

function open(key: Buffer, stored: string): string {
  if (!stored.startsWith(prefix)) throw new SealBroken()
  const sealed = Buffer.from(stored.slice(prefix.length), 'base64')
  if (sealed.length < nonceBytes + tagBytes) throw new SealBroken()
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, nonceBytes), {
      authTagLength: tagBytes,
    })
    decipher.setAuthTag(sealed.subarray(-tagBytes))
    const body = decipher.update(sealed.subarray(nonceBytes, -tagBytes))
    return Buffer.concat([body, decipher.final()]).toString('utf8')
  } catch (cause) {
    throw new SealBroken(cause)
  }
}
