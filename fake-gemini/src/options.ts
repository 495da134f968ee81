/** How a key answers. Every state but `ok` is a refusal of Google's, word for word. */
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

/** Limits of one model in one project; an absent limit is no limit, 0 is Google's `limit: 0`. */
export type FakeQuota = { rpm?: number; tpm?: number; rpd?: number; tpd?: number }

export type FakeTier = 'free' | 'paid1' | 'paid2' | 'paid3'

export type FakeProject = {
  id: string
  tier?: FakeTier
  keys: readonly (string | { value: string; state?: FakeKeyState })[]
  /** By model id, or `*` for every model that has no entry of its own. */
  quotas?: Readonly<Record<string, FakeQuota>>
  /** When given, every other model is "no longer available to new users" in this project. */
  models?: readonly string[]
}

export type FakeOptions = {
  port?: number
  host?: string
  projects?: readonly FakeProject[]
  /** Accept any unknown key as the only key of a project of its own. */
  openKeys?: boolean
  /** Refuse what Google refuses in a body; on by default. */
  strict?: boolean
  seed?: number
  latencyMs?: number
  /** What is kept of each call; counters go on in any case. */
  recording?: 'bodies' | 'heads' | 'none'
}
