import { mask } from '../../log/scrub.ts'
import type { Sink } from '../../runtime/streams/sink.ts'
import type { Secret } from '../../log/secret.ts'
import type { Headers } from '../../runtime/streams/headers.ts'
import { KeyPieces, leastPiece } from './key-pieces.ts'
import { KeySearch, type FoundKey } from './key-search.ts'

/** A sink that redacts what is written; `flush` writes the kept bytes. */
export type RedactedSink = Sink & { flush(): void }

const backslash = 0x5c
const lineBreak = 0x0a
const revealingLength = 8

/**
 * Replaces the key of a call in its answer: Google's errors quote keys, also within streams. Two fast searches per chunk; nothing is copied
 * unless the key is found, and only bytes with a backslash are searched for escapes.
 */
export class KeyRedactor {
  readonly #key: Buffer
  readonly #beginning: Buffer
  readonly #text: string
  readonly #mask: Buffer
  readonly #pieces: KeyPieces
  #kept: Buffer | undefined
  #keptCharacters = 0

  constructor(secret: Secret) {
    const encoded = encode(secret)
    this.#key = encoded.key
    this.#beginning = encoded.beginning
    this.#text = encoded.text
    this.#mask = encoded.masked
    this.#pieces = new KeyPieces(encoded)
  }

  /** Removes headers that contain the key. A mask in its place would make the header's value wrong. */
  headers(headers: Headers): Headers {
    for (const name in headers) {
      const value = headers[name]
      const isFound = typeof value === 'string' ? this.#isIn(value) : value?.some(this.#isIn)
      if (isFound === true) delete headers[name]
    }
    return headers
  }

  whole(bytes: Buffer): Buffer {
    return bytes.includes(backslash)
      ? this.#replaceEscaped(bytes).redacted
      : this.#replacePlain(bytes)
  }

  /** Redacts the next chunk. A possible beginning of the key at its end is kept for the next call. */
  next(chunk: Buffer): Buffer {
    const bytes = this.#kept === undefined ? chunk : Buffer.concat([this.#kept, chunk])
    this.#kept = undefined
    // Without its beginning there is neither the key nor a first piece of it.
    const hasBeginning = bytes.includes(this.#beginning)
    const redacted = this.#nextWithoutKey(bytes, hasBeginning)
    return hasBeginning || this.#pieces.isUnderway ? this.#pieces.redact(redacted) : redacted
  }

  #nextWithoutKey(bytes: Buffer, hasBeginning: boolean): Buffer {
    if (bytes.includes(backslash)) {
      const { redacted, beginning } = this.#replaceEscaped(bytes)
      return this.#keep(redacted, beginning)
    }
    const redacted = hasBeginning ? this.#replacePlain(bytes) : bytes
    // Events end with a line break, which no key has.
    if (redacted[redacted.length - 1] === lineBreak) return redacted
    const from = Math.max(0, redacted.length - this.#key.length + 1)
    return this.#keep(redacted, new KeySearch(redacted, this.#key, from).next(from))
  }

  /** The kept bytes at the end of the answer, masked when they are a long part of the key. */
  flush(): Buffer | undefined {
    const kept = this.#kept
    this.#kept = undefined
    return kept !== undefined && this.#keptCharacters >= revealingLength ? this.#mask : kept
  }

  through(sink: Sink): RedactedSink {
    return {
      write: (chunk) => {
        const bytes = this.next(chunk)
        return bytes.length === 0 || sink.write(bytes)
      },
      onDrain: (resume) => sink.onDrain(resume),
      flush: () => {
        const kept = this.flush()
        if (kept !== undefined) sink.write(kept)
      },
    }
  }

  readonly #isIn = (text: string): boolean => {
    if (!text.includes('\\')) return text.includes(this.#text)
    const bytes = Buffer.from(text)
    return this.whole(bytes) !== bytes
  }

  #keep(bytes: Buffer, beginning: FoundKey | undefined): Buffer {
    if (beginning === undefined) return bytes
    this.#kept = bytes.subarray(beginning.start)
    this.#keptCharacters = beginning.characters
    return bytes.subarray(0, beginning.start)
  }

  #replacePlain(bytes: Buffer): Buffer {
    let found = bytes.indexOf(this.#key)
    if (found === -1) return bytes
    const parts: Buffer[] = []
    let at = 0
    for (; found !== -1; found = bytes.indexOf(this.#key, at)) {
      parts.push(bytes.subarray(at, found), this.#mask)
      at = found + this.#key.length
    }
    return Buffer.concat([...parts, bytes.subarray(at)])
  }

  #replaceEscaped(bytes: Buffer): { redacted: Buffer; beginning: FoundKey | undefined } {
    const parts: Buffer[] = []
    let at = 0
    let length = 0
    const search = new KeySearch(bytes, this.#key, 0)
    let found = search.next(0)
    for (; found?.end !== undefined; found = search.next(at)) {
      parts.push(bytes.subarray(at, found.start), this.#mask)
      length += found.start - at + this.#mask.length
      at = found.end
    }
    const beginning = found && { ...found, start: found.start - at + length }
    if (at === 0) return { redacted: bytes, beginning }
    return { redacted: Buffer.concat([...parts, bytes.subarray(at)]), beginning }
  }
}

type EncodedKey = {
  readonly text: string
  readonly key: Buffer
  readonly beginning: Buffer
  readonly masked: Buffer
}

/** The encoded forms of each key, built once. */
const encodedKeys = new WeakMap<Secret, EncodedKey>()

function encode(secret: Secret): EncodedKey {
  const known = encodedKeys.get(secret)
  if (known !== undefined) return known
  const text = secret.reveal()
  const key = Buffer.from(text)
  const forms = {
    text,
    key,
    beginning: key.subarray(0, leastPiece),
    masked: Buffer.from(mask(text)),
  }
  encodedKeys.set(secret, forms)
  return forms
}
