const secondMs = 1000
const minuteMs = 60 * secondMs
const hourMs = 60 * minuteMs
const dayMs = 24 * hourMs

export type PoolPolicy = {
  readonly enabled: boolean
  readonly size: number
  readonly ttlMs: number
  readonly minThreshold: number
  readonly emergencyRefillCount: number
  /** 0 turns scheduled maintenance off. */
  readonly maintenanceIntervalMs: number
  readonly proModels: readonly string[]
  /** Uses after which a member rests; 0 or less is no cap. */
  readonly proMaxUsage: number
  readonly nonProMaxUsage: number
  /** How long a member that met its cap stays out of the pool; it serves outside it all the while. */
  readonly restMs: number
}

export type BreakerPolicy = {
  readonly windowMs: number
  readonly firstMs: number
  readonly capMs: number
  readonly trialPatienceMs: number
}

/** Every number the engine goes by. Settings fill some of them; the rest are ours to tune. */
export type KeyPolicy = {
  /** Unexplained failures in a row that rest a key. */
  readonly maxFailures: number
  readonly queueLength: number
  /** Google counts at arrival, we count at departure: windows are this much longer on our side. */
  readonly windowGuardMs: number
  /** A per-minute 429 that names no delay. */
  readonly minuteCoolingMs: number
  readonly minuteCoolingCapMs: number
  readonly jitterMs: number
  readonly unexplainedCoolingMs: readonly number[]
  readonly failingRestMs: readonly number[]
  readonly suspectRestMs: number
  /** Doubled with every trial that fails, up to the cap. A probe that succeeds ends it at once. */
  readonly suspensionMs: number
  readonly suspensionCapMs: number
  readonly needsBillingMs: number
  readonly quotaZeroRecheckMs: number
  readonly notFoundMs: number
  readonly notFoundCapMs: number
  readonly learnedLimitTtlMs: number
  /** A refusal comes quickly. A trial that has lasted this long no longer holds the next one back. */
  readonly trialPatienceMs: number
  readonly modelBreaker: BreakerPolicy
  readonly egressBreaker: BreakerPolicy & { readonly projects: number }
  readonly correlated: {
    readonly projects: number
    readonly windowMs: number
    readonly restMs: number
  }
  readonly conversationTtlMs: number
  readonly conversationCap: number
  /** Lanes held in memory; beyond it, those that know nothing are forgotten. */
  readonly laneCap: number
  readonly tableCap: number
  readonly decisionCap: number
  readonly pool: PoolPolicy
  /** 0 turns scheduled probes off. */
  readonly checkIntervalMs: number
  readonly deadRecheckMs: number
  readonly probeConcurrency: number
}

export const defaultKeyPolicy: KeyPolicy = {
  maxFailures: 3,
  queueLength: 1000,
  windowGuardMs: 250,
  minuteCoolingMs: minuteMs,
  minuteCoolingCapMs: 90 * secondMs,
  jitterMs: secondMs,
  unexplainedCoolingMs: [10 * secondMs, minuteMs, 10 * minuteMs, hourMs],
  failingRestMs: [minuteMs, 10 * minuteMs, hourMs],
  suspectRestMs: minuteMs,
  suspensionMs: hourMs,
  suspensionCapMs: 8 * hourMs,
  needsBillingMs: dayMs,
  quotaZeroRecheckMs: 7 * dayMs,
  notFoundMs: hourMs,
  notFoundCapMs: dayMs,
  learnedLimitTtlMs: 14 * dayMs,
  trialPatienceMs: 10 * secondMs,
  modelBreaker: {
    windowMs: 5 * secondMs,
    firstMs: secondMs,
    capMs: 30 * secondMs,
    trialPatienceMs: 2 * secondMs,
  },
  egressBreaker: {
    windowMs: 10 * secondMs,
    firstMs: secondMs,
    capMs: 15 * secondMs,
    // An answer may take long where the way is open again: whoever waits meanwhile tries it himself.
    trialPatienceMs: secondMs,
    projects: 3,
  },
  correlated: { projects: 5, windowMs: 10 * secondMs, restMs: minuteMs },
  conversationTtlMs: hourMs,
  conversationCap: 20_000,
  laneCap: 40_000,
  tableCap: 256,
  decisionCap: 500,
  pool: {
    enabled: true,
    size: 50,
    ttlMs: 2 * hourMs,
    minThreshold: 10,
    emergencyRefillCount: 5,
    maintenanceIntervalMs: 30 * minuteMs,
    proModels: ['gemini-2.5-pro', 'gemini-3-pro', 'gemini-3.1-pro'],
    proMaxUsage: 5,
    nonProMaxUsage: 20,
    restMs: 10 * minuteMs,
  },
  checkIntervalMs: hourMs,
  deadRecheckMs: dayMs,
  probeConcurrency: 4,
}
