import { inspect } from 'node:util'

/** A credential that cannot be printed by accident: every way of turning it into text shows its last four characters only. */
export class Secret {
  readonly #value: string

  constructor(value: string) {
    this.#value = value
  }

  /** The plain value. Callers are the upstream transport and its guard, the key store and the scrubber; nobody else. */
  reveal(): string {
    return this.#value
  }

  /** Whether it is a key of Google's new kind, which counts in `x-goog-api-key` only. */
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
