import { createCipheriv, createDecipheriv, randomBytes, scrypt } from 'node:crypto'
import { promisify } from 'node:util'
import { gunzip, gzip } from 'node:zlib'
import { z } from 'zod'
import { parseJson } from '../../runtime/json-value.ts'
import { StartError } from '../../runtime/start-error.ts'

/**
 * A backup file: a head, which is one line of JSON, then gzipped JSON encrypted with AES-256-GCM, then the 16-byte tag. The head is
 * authenticated too. The key is derived from the passphrase with scrypt.
 */
const format = 'gemini-balance-backup'
/** 2: states of keys, projects and lanes; ids of keys are places in the list of keys. */
const version = 2
/** A guess at the passphrase costs 32 MB and a tenth of a second. */
const cost = { N: 32_768, r: 8, p: 1 }
const tagBytes = 16
const newLine = 0x0a
/** Longer than any head: a file without a line break before it is no backup. */
const longestHead = 1024

const head = z.strictObject({
  format: z.literal(format),
  version: z.number().int(),
  salt: z.base64(),
  nonce: z.base64(),
})

/** Any JSON value, as the bytes of a file. */
export async function sealFile(
  contents: unknown,
  passphrase: string,
  fileVersion = version,
): Promise<Buffer> {
  const [salt, nonce] = [randomBytes(16), randomBytes(12)]
  const fields = {
    format,
    version: fileVersion,
    salt: salt.toString('base64'),
    nonce: nonce.toString('base64'),
  }
  const line = Buffer.from(`${JSON.stringify(fields)}\n`)
  const cipher = createCipheriv('aes-256-gcm', await keyFrom(passphrase, salt), nonce)
  cipher.setAAD(line)
  const packed = await promisify(gzip)(JSON.stringify(contents))
  const sealed = cipher.update(packed)
  return Buffer.concat([line, sealed, cipher.final(), cipher.getAuthTag()])
}

export type OpenedFile = { readonly version: number; readonly contents: unknown }

/** The sealed value. Rejects with StartError. */
export async function openFile(bytes: Buffer, passphrase: string): Promise<OpenedFile> {
  const end = bytes.subarray(0, longestHead).indexOf(newLine) + 1
  const read = head.safeParse(parseJson(bytes.toString('utf8', 0, end)))
  if (!read.success)
    throw new StartError(
      'The file is no backup of Gemini Balance. Name a file that `export` wrote.',
    )
  if (read.data.version < 1 || read.data.version > version) {
    throw new StartError(
      `The backup has format ${read.data.version}; this version reads 1 to ${version}. Import it with a newer version.`,
    )
  }
  const salt = Buffer.from(read.data.salt, 'base64')
  const nonce = Buffer.from(read.data.nonce, 'base64')
  const key = await keyFrom(passphrase, salt)
  const packed = open(bytes, { key, nonce, end })
  const contents = parseJson((await promisify(gunzip)(packed)).toString('utf8'))
  return { version: read.data.version, contents }
}

type Seal = { readonly key: Buffer; readonly nonce: Buffer; readonly end: number }

function open(bytes: Buffer, { key, nonce, end }: Seal): Buffer {
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: tagBytes })
    decipher.setAAD(bytes.subarray(0, end))
    decipher.setAuthTag(bytes.subarray(Math.max(end, bytes.length - tagBytes)))
    const sealed = bytes.subarray(end, bytes.length - tagBytes)
    return Buffer.concat([decipher.update(sealed), decipher.final()])
  } catch (cause) {
    throw new StartError(
      'The passphrase is wrong, or the file was changed. Set the passphrase that `export` was given.',
      cause,
    )
  }
}

function keyFrom(passphrase: string, salt: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const maxmem = 256 * cost.N * cost.r
    scrypt(passphrase.normalize('NFKC'), salt, 32, { ...cost, maxmem }, (error, key) => {
      if (error) reject(error)
      else resolve(key)
    })
  })
}
