import { inspect } from 'node:util'

/** A credential that cannot be printed by accident: as text it is only its last four characters. */
export class Secret {
  readonly #value: string

  constructor(value: string) {
    this.#value = value
  }

  /** The plain value. Only the upstream transport, the key redactor, the key store and the scrubber may call it. */
  reveal(): string {
    return this.#value
  }

  /** Whether it is a key of Google's new kind, which works in `x-goog-api-key` only. */
  get isAuthKey(): boolean {
    return this.#value.startsWith('AQ.')
  }

  toString(): string {
    return `…${this.#value.slice(-4)}`
  }

  toJSON(): string {
    return this.toString()
  }

  [inspect.custom](): string {
    return this.toString()
  }
}
