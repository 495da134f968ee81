import type { LaneTable } from '../inventory/entities.ts'
import type { PoolPolicy } from '../policy.ts'
import type { KeyId } from '../types.ts'
import type { Random } from '../../runtime/time/clock.ts'
import { isProModel } from './pro-model.ts'

export type Member = {
  readonly key: KeyId
  readonly since: number
  expiresAt: number
  usage: number
}

export const noPoolCounts = {
  hits: 0,
  misses: 0,
  lookups: 0,
  emergencyRefills: 0,
  expired: 0,
  usageExhausted: 0,
  verifications: 0,
  verified: 0,
  verificationFailures: 0,
  verificationMs: 0,
  maintenances: 0,
  preloads: 0,
  fallbacks: 0,
  proRequests: 0,
  nonProRequests: 0,
  lastHitAt: 0,
  lastMissAt: 0,
  lastMaintenanceAt: 0,
}
export type PoolCounts = { -readonly [name in keyof typeof noPoolCounts]: number }

type Deps = {
  readonly policy: () => PoolPolicy
  readonly random: Random
  readonly now: () => number
  /** A member reached its cap or expired, or none was found: others are needed. */
  readonly onLoss: (loss: {
    readonly why: 'expired' | 'used-up' | 'missed'
    readonly key?: KeyId
  }) => void
}

/** `tokens`: smaller requests may be served earlier. */
type Memo = { readonly until: number; readonly tokens: number; readonly version: number }

const jitterShare = 0.1

/**
 * The keys proven good lately, in the order of their turns. It is only a preference: where it has no key, the least
 * recently used one serves.
 */
export class Pool {
  readonly counts: PoolCounts = { ...noPoolCounts }
  readonly #deps: Deps
  readonly #members = new Map<KeyId, Member>()
  readonly #cooling = new Map<KeyId, number>()
  #memos = new WeakMap<LaneTable, Memo>()
  #withoutNew = new WeakMap<LaneTable, Memo>()
  #version = 0

  constructor(deps: Deps) {
    this.#deps = deps
  }

  get size(): number {
    return this.#members.size
  }

  get capacity(): number {
    return this.#deps.policy().size
  }

  members(): Iterable<Member> {
    return this.#members.values()
  }

  has(key: KeyId): boolean {
    return this.#members.has(key)
  }

  /** Whether a good answer would make it a member now. A used-up key would not join, so it is not probed for that. */
  wants(key: KeyId): boolean {
    return !this.#members.has(key) && (this.#cooling.get(key) ?? 0) <= this.#deps.now()
  }

  /** Whether a key is a member that has not expired. */
  offers(key: KeyId): boolean {
    const member = this.#members.get(key)
    if (!member || !this.#deps.policy().enabled) return false
    if (member.expiresAt > this.#deps.now()) return true
    this.#expire(member)
    return false
  }

  /** Offers members in the order of their turns until one is taken. */
  offer<T>(take: (key: KeyId) => T | undefined): T | undefined {
    if (!this.#deps.policy().enabled) return undefined
    const now = this.#deps.now()
    for (const member of this.#members.values()) {
      if (member.expiresAt <= now) this.#expire(member)
      else {
        const taken = take(member.key)
        if (taken !== undefined) return taken
      }
    }
    return undefined
  }

  /** No member can serve a request of so many tokens in this table before then, unless the pool changes. */
  skip(table: LaneTable, { tokens, until }: { tokens: number; until: number }): void {
    this.#memos.set(table, { until, tokens, version: this.#version })
  }

  skippedUntil(table: LaneTable, tokens: number): number {
    const memo = this.#memos.get(table)
    return memo && memo.version === this.#version && tokens >= memo.tokens ? memo.until : 0
  }

  /** No member that is new to this table can serve before then, unless the pool changes. */
  skipNew(table: LaneTable, until: number): void {
    this.#withoutNew.set(table, { until, tokens: 0, version: this.#version })
  }

  mayHaveNew(table: LaneTable): boolean {
    const memo = this.#withoutNew.get(table)
    return memo?.version !== this.#version || memo.until <= this.#deps.now()
  }

  /** Counts a request that the pool served or could not serve. */
  recordLookup({ key, model }: { readonly key: KeyId | undefined; readonly model: string }): void {
    const policy = this.#deps.policy()
    if (!policy.enabled) return
    const { counts } = this
    const pro = isProModel(model, policy.proModels)
    counts.lookups += 1
    if (pro) counts.proRequests += 1
    else if (model !== '') counts.nonProRequests += 1
    if (key === undefined) return this.#miss()
    counts.hits += 1
    counts.lastHitAt = this.#deps.now()
    this.#use(key, pro ? policy.proMaxUsage : policy.nonProMaxUsage)
  }

  /** A key answered: it joins, or its time to live starts again. */
  proven(key: KeyId): void {
    const { enabled, size, ttlMs } = this.#deps.policy()
    if (!enabled) return
    const now = this.#deps.now()
    const expiresAt = now + ttlMs * (1 + jitterShare * (2 * this.#deps.random() - 1))
    const member = this.#members.get(key)
    if (member) {
      member.expiresAt = expiresAt
      return
    }
    if (this.#members.size >= size || (this.#cooling.get(key) ?? 0) > now) return
    this.#cooling.delete(key)
    this.#members.set(key, { key, since: now, expiresAt, usage: 0 })
    this.#version += 1
  }

  remove(key: KeyId): boolean {
    this.#version += 1
    return this.#members.delete(key)
  }

  /** A key left the inventory. */
  forget(key: KeyId): void {
    this.remove(key)
    this.#cooling.delete(key)
  }

  /** Drops expired members, and those that no longer fit a smaller pool. */
  tidy(): void {
    const now = this.#deps.now()
    const { size } = this.#deps.policy()
    for (const member of this.#members.values()) {
      if (member.expiresAt <= now) this.#expire(member)
      else if (this.#members.size > size) this.remove(member.key)
    }
    for (const [key, until] of this.#cooling) if (until <= now) this.#cooling.delete(key)
  }

  #miss(): void {
    this.counts.misses += 1
    this.counts.fallbacks += 1
    this.counts.lastMissAt = this.#deps.now()
    if (this.#members.size === 0) this.#deps.onLoss({ why: 'missed' })
  }

  #use(key: KeyId, cap: number): void {
    const member = this.#members.get(key)
    if (!member) return
    member.usage += 1
    this.#members.delete(key)
    if (cap <= 0 || member.usage < cap) {
      this.#members.set(key, member)
      return
    }
    this.counts.usageExhausted += 1
    this.#version += 1
    this.#cooling.set(key, this.#deps.now() + this.#deps.policy().usedUpMs)
    this.#deps.onLoss({ why: 'used-up', key })
  }

  #expire(member: Member): void {
    this.remove(member.key)
    this.counts.expired += 1
    this.#deps.onLoss({ why: 'expired', key: member.key })
  }
}
