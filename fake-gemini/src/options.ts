/** Every state except `ok` gives one of Google's errors, word for word. */
export type FakeKeyState =
  | 'ok'
  | 'invalid'
  | 'expired'
  | 'deleted'
  | 'leaked'
  | 'suspended'
  | 'service-disabled'
  | 'blocked'
  | 'legacy-rejected'
  | 'unauthenticated'
  | 'prepay-depleted'
  | 'spending-cap'
  | 'project-denied'
  | 'location'
  | 'free-tier-country'
  | 'bare-429'
  | 'server-error'

/** Limits of one model in one project. A missing limit means unlimited; 0 is Google's `limit: 0`. */
export type FakeQuota = { rpm?: number; tpm?: number; rpd?: number; tpd?: number }

export type FakeTier = 'free' | 'paid1' | 'paid2' | 'paid3'

export type FakeProject = {
  id: string
  tier?: FakeTier
  keys: readonly (string | { value: string; state?: FakeKeyState })[]
  /** By model id; `*` applies to all other models. */
  quotas?: Readonly<Record<string, FakeQuota>>
  /** If set, all other models are "no longer available to new users" in this project. */
  models?: readonly string[]
  /** What its Files API has and does from the beginning. */
  files?: {
    /** Number of files that somebody else uploaded; their names begin with `foreign-file`. */
    foreign?: number
    /** Names from the table of file misbehaviours, such as `list-behind-5000`. */
    misbehaviours?: readonly string[]
  }
}

export type FakeFilesOptions = {
  /** All chunks of a resumable upload but the last need a multiple of it. Default: 8 MiB. */
  chunkGranularity?: number
  /** How long a video is PROCESSING, by the server's clock. Default: 5 seconds. */
  processingMs?: number
}

export type FakeOptions = {
  port?: number
  host?: string
  projects?: readonly FakeProject[]
  /** Accept unknown keys. Each gets its own project. */
  openKeys?: boolean
  /** Validate bodies as Google does. Default: true. */
  strict?: boolean
  seed?: number
  latencyMs?: number
  files?: FakeFilesOptions
  /** Which part of each call is kept. Counters always work. */
  recording?: 'bodies' | 'headers' | 'none'
}
