import { endingOf } from './last-four.ts'
import { base64Forms } from './base64-forms.ts'
import { canonicalText, hasEscapes } from './canonical-text.ts'
import { isKey, keysIn } from './key-shapes.ts'
import { createSecretIndex, type Match } from './secret-index.ts'

/** Takes secrets out of text. Synchronous: every log line and every stored message goes through it. */
export type Scrubber = {
  /** Makes a secret known. Gemini keys are found by their shape even when nobody made them known. */
  add(secret: string): void
  remove(secret: string): void
  /**
   * The text with each secret replaced by `…` and its last four characters: plain, in base64, or with any of its characters escaped as
   * in addresses, forms, JSON or HTML. To be called before a text is cut: half a secret is not one that anybody knows.
   */
  scrub(text: string): string
}

/** Shorter than this, a word is not a secret, and to replace it everywhere would make a log unreadable. */
const shortestLength = 6
/** What is left of a secret of foreign letters is too short to be told from other words. */
const shortestCanonical = 6

export function createScrubber(): Scrubber {
  /** Secrets as they are written whole by the usual encoders, and what becomes of them when escapes are undone. */
  const written = createSecretIndex()
  const canonical = createSecretIndex()

  function matchesIn(text: string): readonly Match[] {
    const plain = [...written.find(text), ...keysIn(text, mask)]
    if (!hasEscapes(text)) return plain
    const undone = canonicalText(text)
    const hidden = [...canonical.find(undone.text), ...keysIn(undone.text, mask)]
    return [
      ...plain,
      ...hidden.map(({ start, end, mask }) => ({ ...undone.origin(start, end), mask })),
    ]
  }

  return {
    add(secret) {
      if (!needsIndex(secret)) return
      for (const form of formsOf(secret)) written.add(form, mask(secret))
      for (const form of canonicalFormsOf(secret)) canonical.add(form, mask(secret))
    },
    remove(secret) {
      if (!needsIndex(secret)) return
      written.remove(formsOf(secret))
      canonical.remove(canonicalFormsOf(secret))
    },
    scrub(text) {
      const matches = matchesIn(text)
      return matches.length === 0 ? text : replaceAll(text, matches)
    },
  }
}

/** A key that is found by its shape needs no place in memory: 50 000 of them cost nothing. */
function needsIndex(secret: string): boolean {
  return secret.length >= shortestLength && !isKey(secret)
}

/** What stands in for a secret where people read it. */
export function mask(secret: string): string {
  return `…${endingOf(secret)}`
}

/** A secret as it may be written: itself, in an address, in a form, in JSON, in base64. */
function formsOf(secret: string): Set<string> {
  const encoded = [inAddress(secret), new URLSearchParams([['', secret]]).toString().slice(1)]
  return new Set([
    secret,
    ...encoded,
    ...encoded.map((form) => form.replace(/%[\dA-F]{2}/g, (code) => code.toLowerCase())),
    JSON.stringify(secret).slice(1, -1),
    ...inBase64(secret),
  ])
}

function canonicalFormsOf(secret: string): Set<string> {
  const { text } = canonicalText(secret)
  return new Set(text.length < shortestCanonical ? [] : [text, ...inBase64(secret)])
}

/** In both alphabets. */
function inBase64(secret: string): string[] {
  const forms = base64Forms(secret).map(({ form }) => form)
  return [...forms, ...forms.map((form) => form.replaceAll('+', '-').replaceAll('/', '_'))]
}

function inAddress(secret: string): string {
  try {
    return encodeURIComponent(secret)
  } catch {
    // Half a surrogate pair cannot stand in an address.
    return secret
  }
}

/** Overlapping matches become one, under the mask of the one that ends last: nothing of either stays. */
function replaceAll(text: string, matches: readonly Match[]): string {
  let scrubbed = ''
  let end = 0
  let pending = ''
  for (const match of matches.toSorted((a, b) => a.start - b.start)) {
    if (match.start >= end) {
      scrubbed += pending + text.slice(end, match.start)
      pending = match.mask
      end = match.end
    } else if (match.end > end) {
      pending = match.mask
      end = match.end
    }
  }
  return scrubbed + pending + text.slice(end)
}
