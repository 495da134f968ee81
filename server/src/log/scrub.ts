import { lastFour } from './last-four.ts'
import { base64Forms } from './base64-forms.ts'
import { canonicalText, hasEscapes } from './canonical-text.ts'
import { isKey, keysIn } from './key-shapes.ts'
import { createSecretIndex, type Match } from './secret-index.ts'

/** Removes secrets from text. Every log line and every stored message passes through it. */
export type Scrubber = {
  /** Gemini keys need not be added: they are found by their shape. */
  add(secret: string): void
  remove(secret: string): void
  /**
   * Replaces each secret by `…` and its last four characters: plain, in base64, or escaped as in URLs, forms, JSON or HTML. Scrub before
   * cutting a text: half a secret is not found.
   */
  scrub(text: string): string
}

/** Shorter secrets are ignored: replacing short words would make a log unreadable. */
const shortestLength = 6
/** The same for the canonical form, which is short for a secret of non-ASCII characters. */
const shortestCanonical = 6

export function createScrubber(): Scrubber {
  /** Secrets in their usual encodings, and in their canonical form. */
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

/** Keys are found by their shape: 50 000 of them need no memory here. */
function needsIndex(secret: string): boolean {
  return secret.length >= shortestLength && !isKey(secret)
}

/** The replacement of a secret in texts. */
export function mask(secret: string): string {
  return `…${lastFour(secret)}`
}

/** A secret in its usual encodings: plain, in a URL, in a form, in JSON, in base64. */
function formsOf(secret: string): Set<string> {
  const encoded = [inUrl(secret), new URLSearchParams([['', secret]]).toString().slice(1)]
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

function inUrl(secret: string): string {
  try {
    return encodeURIComponent(secret)
  } catch {
    // Half a surrogate pair cannot be encoded.
    return secret
  }
}

/** Overlapping matches become one, with the mask of the one that ends last. */
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
