import { mask } from '../../log/scrub.ts'
import type { Sink } from '../../runtime/sink.ts'
import type { Secret } from '../../log/secret.ts'
import type { Headers } from '../../runtime/headers.ts'

/**
 * Keeps the key of a call out of its own answer, whatever its status: Google's errors quote keys, and come in the midst of streams too.
 * One search per chunk; nothing is copied as long as nothing is found.
 */
export class KeyRedactor {
  readonly #key: string
  readonly #bytes: Buffer
  readonly #mask: Buffer
  #kept: Buffer | undefined

  constructor(secret: Secret) {
    const { bytes, masked } = formsOf(secret)
    this.#key = secret.reveal()
    this.#bytes = bytes
    this.#mask = masked
  }

  headers(headers: Headers): Headers {
    for (const name in headers) {
      const value = headers[name]
      if (typeof value === 'string') {
        if (value.includes(this.#key)) headers[name] = value.replaceAll(this.#key, '…')
      } else if (value !== undefined) {
        headers[name] = value.map((one) => one.replaceAll(this.#key, '…'))
      }
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

  /** The chunk as it may go on; what could be the beginning of the key stays here until more has come. */
  next(chunk: Buffer): Buffer {
    const bytes = this.whole(this.#kept === undefined ? chunk : Buffer.concat([this.#kept, chunk]))
    const start = this.#beginningAt(bytes)
    this.#kept = start === bytes.length ? undefined : bytes.subarray(start)
    return this.#kept === undefined ? bytes : bytes.subarray(0, start)
  }

  /** What was kept back, when nothing more comes. Enough of a key to be worth anything is not given away. */
  flush(): Buffer | undefined {
    const kept = this.#kept
    this.#kept = undefined
    return kept !== undefined && kept.length >= tellingLength ? this.#mask : kept
  }

  through(sink: Sink): Sink {
    return {
      write: (chunk) => {
        const bytes = this.next(chunk)
        return bytes.length === 0 || sink.write(bytes)
      },
      onDrain: (resume) => sink.onDrain(resume),
    }
  }

  /** Where the bytes end in the beginning of the key; their length when they do not. */
  #beginningAt(bytes: Buffer): number {
    const first = this.#bytes[0] ?? 0
    const from = Math.max(0, bytes.length - this.#bytes.length + 1)
    let at = bytes.indexOf(first, from)
    while (at !== -1 && !this.#beginsAt(bytes, at)) at = bytes.indexOf(first, at + 1)
    return at === -1 ? bytes.length : at
  }

  /** Byte by byte: most often the second differs, and Buffer's own comparison takes longer to begin. */
  #beginsAt(bytes: Buffer, start: number): boolean {
    for (let at = start + 1; at < bytes.length; at += 1) {
      if (bytes[at] !== this.#bytes[at - start]) return false
    }
    return true
  }
}

const tellingLength = 8

type Forms = { readonly bytes: Buffer; readonly masked: Buffer }

/** A key makes many calls: what is searched for is made once. */
const known = new WeakMap<Secret, Forms>()

function formsOf(secret: Secret): Forms {
  const forms = known.get(secret) ?? {
    bytes: Buffer.from(secret.reveal()),
    masked: Buffer.from(mask(secret.reveal())),
  }
  known.set(secret, forms)
  return forms
}
