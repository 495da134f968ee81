import { mask } from '../../log/scrub.ts'
import type { Sink } from '../../runtime/streams/sink.ts'
import type { Secret } from '../../log/secret.ts'
import type { Headers } from '../../runtime/streams/headers.ts'

/** A sink that redacts what is written; `flush` writes the kept bytes. */
export type RedactedSink = Sink & { flush(): void }

/**
 * Replaces the key of a call in its answer: Google's errors quote keys, also within streams.
 * One search per chunk; nothing is copied unless the key is found.
 */
export class KeyRedactor {
  readonly #key: string
  readonly #bytes: Buffer
  readonly #mask: Buffer
  #kept: Buffer | undefined

  constructor(secret: Secret) {
    const { bytes, masked } = encode(secret)
    this.#key = secret.reveal()
    this.#bytes = bytes
    this.#mask = masked
  }

  /** Removes headers that contain the key. A mask in its place would make the header's value wrong. */
  headers(headers: Headers): Headers {
    for (const name in headers) {
      const value = headers[name]
      const isFound =
        typeof value === 'string'
          ? value.includes(this.#key)
          : value?.some((one) => one.includes(this.#key)) === true
      if (isFound) delete headers[name]
    }
    return headers
  }

  whole(bytes: Buffer): Buffer {
    let found = bytes.indexOf(this.#bytes)
    if (found === -1) return bytes
    const parts: Buffer[] = []
    let at = 0
    for (; found !== -1; found = bytes.indexOf(this.#bytes, at)) {
      parts.push(bytes.subarray(at, found), this.#mask)
      at = found + this.#bytes.length
    }
    return Buffer.concat([...parts, bytes.subarray(at)])
  }

  /** Redacts the next chunk. A possible beginning of the key at its end is kept for the next call. */
  next(chunk: Buffer): Buffer {
    const bytes = this.whole(this.#kept === undefined ? chunk : Buffer.concat([this.#kept, chunk]))
    const start = this.#keyPrefixAt(bytes)
    this.#kept = start === bytes.length ? undefined : bytes.subarray(start)
    return this.#kept === undefined ? bytes : bytes.subarray(0, start)
  }

  /** The kept bytes at the end of the answer, masked when they are a long part of the key. */
  flush(): Buffer | undefined {
    const kept = this.#kept
    this.#kept = undefined
    return kept !== undefined && kept.length >= revealingLength ? this.#mask : kept
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

  /** Offset of a beginning of the key at the end of the bytes; their length when there is none. */
  #keyPrefixAt(bytes: Buffer): number {
    const first = this.#bytes[0] ?? 0
    const from = Math.max(0, bytes.length - this.#bytes.length + 1)
    let at = bytes.indexOf(first, from)
    while (at !== -1 && !this.#isKeyPrefix(bytes, at)) at = bytes.indexOf(first, at + 1)
    return at === -1 ? bytes.length : at
  }

  /** A plain loop: usually the second byte differs, and Buffer.compare has a higher fixed cost. */
  #isKeyPrefix(bytes: Buffer, start: number): boolean {
    for (let at = start + 1; at < bytes.length; at += 1) {
      if (bytes[at] !== this.#bytes[at - start]) return false
    }
    return true
  }
}

const revealingLength = 8

type EncodedKey = { readonly bytes: Buffer; readonly masked: Buffer }

/** The encoded forms of each key, built once. */
const encodedKeys = new WeakMap<Secret, EncodedKey>()

function encode(secret: Secret): EncodedKey {
  const forms = encodedKeys.get(secret) ?? {
    bytes: Buffer.from(secret.reveal()),
    masked: Buffer.from(mask(secret.reveal())),
  }
  encodedKeys.set(secret, forms)
  return forms
}
