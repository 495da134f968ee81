import type { Settings } from '@gemini-balance/contract'
import type { Gateway } from '../gateway/gateway.ts'
import type { Catalogue } from '../google/models/catalogue.ts'
import type { Signatures } from '../resources/signatures.ts'
import type { FetchMedia } from './media/public-fetch.ts'

/** What dialects are built from. */
export type DialectServices = {
  readonly settings: () => Settings
  readonly gateway: Pick<Gateway, 'forward' | 'version'>
  readonly catalogue: Catalogue
  readonly signatures: Signatures
  readonly fetchMedia: FetchMedia
  /** Takes secrets out of Google's texts. */
  readonly scrub: (text: string) => string
  readonly now: () => number
  readonly onError: (error: unknown) => void
  /** A line for the operator's log. */
  readonly log: (line: string) => void
}
