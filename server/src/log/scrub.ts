import { endingOf } from '../keys/ending-of.ts'
import { createSecretIndex } from './secret-index.ts'

/** Takes secrets out of text. Synchronous: every log line and every stored message goes through it. */
export type Scrubber = {
  /** Makes a secret known. Gemini keys are found by their shape even when nobody made them known. */
  add(secret: string): void
  remove(secret: string): void
  /** The text with each secret, plain, URL-encoded or JSON-escaped, replaced by `…` and its last four characters. */
  scrub(text: string): string
}

/** The two shapes of Google keys, and what is left of one when a message was cut in its middle. */
const keyShape = /AIza[\w-]{20,}|AQ\.[\w-]{20,}/g
const wholeKey = /^(?:AIza[\w-]{20,}|AQ\.[\w-]{20,})$/

/** Shorter than this, a word is not a secret, and to replace it everywhere would make a log unreadable. */
const shortestLength = 6

export function createScrubber(): Scrubber {
  const index = createSecretIndex()
  return {
    add(secret) {
      if (!needsIndex(secret)) return
      for (const form of formsOf(secret)) index.add(form, mask(secret))
    },
    remove(secret) {
      if (needsIndex(secret)) index.remove(formsOf(secret))
    },
    scrub: (text) => index.replace(text).replace(keyShape, mask),
  }
}

/** A key that is found by its shape needs no place in memory: 50 000 of them cost nothing. */
function needsIndex(secret: string): boolean {
  return secret.length >= shortestLength && !wholeKey.test(secret)
}

/** What stands in for a secret where people read it. */
export function mask(secret: string): string {
  return `…${endingOf(secret)}`
}

/** A secret as it may be written: itself, in an address, in a form, in JSON. */
function formsOf(secret: string): Set<string> {
  const encoded = [inAddress(secret), new URLSearchParams([['', secret]]).toString().slice(1)]
  return new Set([
    secret,
    ...encoded,
    ...encoded.map((form) => form.replace(/%[\dA-F]{2}/g, (code) => code.toLowerCase())),
    JSON.stringify(secret).slice(1, -1),
  ])
}

function inAddress(secret: string): string {
  try {
    return encodeURIComponent(secret)
  } catch {
    // Half a surrogate pair cannot stand in an address.
    return secret
  }
}
