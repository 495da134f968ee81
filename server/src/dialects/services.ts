import type { Settings } from '@gemini-balance/contract'
import type { Gateway } from '../gateway/gateway.ts'
import type { Catalogue } from '../google/models/catalogue.ts'
import type { Signatures } from '../resources/signatures.ts'
import type { MediaFetcher } from './media/remote-media.ts'

/** The dependencies of all dialects. */
export type DialectServices = {
  readonly settings: () => Settings
  readonly gateway: Pick<Gateway, 'forward' | 'version'>
  readonly catalogue: Catalogue
  readonly signatures: Signatures
  /** Fetches files that requests name by their addresses. */
  readonly media: Pick<MediaFetcher, 'open'>
  /** Removes secrets from Google's texts. */
  readonly scrub: (text: string) => string
  readonly now: () => number
  readonly onError: (error: unknown) => void
  /** Writes a line to the operator's log. */
  readonly log: (line: string) => void
}
