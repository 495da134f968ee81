import { settingsSchema, type Settings } from '@gemini-balance/contract'

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
  /** Uses after which a member leaves; 0 or less is no cap. */
  readonly proMaxUsage: number
  readonly nonProMaxUsage: number
  /** How long a member that reached its cap stays out of the pool. It serves outside it meanwhile. */
  readonly usedUpMs: number
}

export type BreakerPolicy = {
  readonly windowMs: number
  readonly firstMs: number
  readonly capMs: number
  readonly trialTimeoutMs: number
}

export type EgressPolicy = {
  /** Failures count together for so long. */
  readonly windowMs: number
  /** So many failures, of so many requests and projects, close the egress. */
  readonly failures: number
  readonly requests: number
  readonly projects: number
  /** Between two trials, for all requests together, however long an outage lasts. */
  readonly trialEveryMs: number
  readonly locationCapMs: number
  readonly watch: {
    /** A trial that has no answer after so long has failed. */
    readonly trialMs: number
    /** Without requests for so long, trials become rare. */
    readonly idleAfterMs: number
    readonly idleEveryMs: number
    /** Where calls are out and nothing came back for so long, the network is in doubt; doubled each time that it proves to work. */
    readonly silenceMs: number
    readonly silenceCapMs: number
    /** Trials in a row without an answer, after which calls that are out without a byte are given up. */
    readonly silentTrials: number
  }
}

/** Every number the engine goes by. Settings give some of them. */
export type KeyPolicy = {
  readonly failures: {
    /** Unknown refusals in a row that cool a key. */
    readonly max: number
    /** By how often the key cooled in a row. */
    readonly coolingMs: readonly number[]
    readonly suspectMs: number
    /** Keys of so many projects that fail alike within the window are held back, and not marked dead. */
    readonly correlated: {
      readonly projects: number
      readonly windowMs: number
      readonly heldBackMs: number
    }
    /** For refusals of clients' calls: how often a key is probed for them, is asked for an answer, and how long it is held back meanwhile. */
    readonly doubted: {
      readonly probeEveryMs: number
      readonly answerEveryMs: number
      readonly heldBackMs: number
    }
  }
  readonly quota: {
    /** Google counts at arrival, we count at departure: windows are this much longer on our side. */
    readonly windowGuardMs: number
    /** For a per-minute 429 that names no delay. */
    readonly minuteMs: number
    readonly minuteCapMs: number
    readonly jitterMs: number
    /** For a 429 without a reason, by how often it came in a row. */
    readonly unknownMs: readonly number[]
    readonly zeroRecheckMs: number
    readonly notFoundMs: number
    readonly notFoundCapMs: number
    readonly learnedLimitTtlMs: number
  }
  readonly suspension: {
    /** Doubled with every trial that fails, up to the cap. A probe that succeeds ends it at once. */
    readonly firstMs: number
    readonly capMs: number
    readonly needsBillingMs: number
  }
  readonly breakers: {
    readonly model: BreakerPolicy
    readonly egress: EgressPolicy
  }
  readonly pool: PoolPolicy
  readonly checks: {
    /** 0 turns scheduled probes off. */
    readonly intervalMs: number
    readonly deadRecheckMs: number
    readonly concurrency: number
    /** A refusal comes quickly. A trial that has lasted this long no longer holds the next one back. */
    readonly trialTimeoutMs: number
  }
  /** Finding out by files which keys share a project. */
  readonly survey: {
    readonly enabled: boolean
    /** After keys were added. */
    readonly delayMs: number
    readonly paceMs: number
    /** After calls that failed. */
    readonly againMs: number
    readonly refusedForMs: number
    /** Google deletes files by itself after that. */
    readonly markerTtlMs: number
  }
  readonly affinity: { readonly ttlMs: number; readonly conversations: number }
  readonly capacity: {
    readonly waiting: number
    /** Lanes in memory as objects. Above it idle ones are archived, or forgotten when nothing is known of them. */
    readonly lanes: number
    readonly tables: number
    readonly decisions: number
  }
}

const policySettings = settingsSchema.pick({
  maxFailures: true,
  checkIntervalHours: true,
  poolEnabled: true,
  poolSize: true,
  keyTtlHours: true,
  poolMinThreshold: true,
  emergencyRefillCount: true,
  poolMaintenanceIntervalMinutes: true,
  proModels: true,
  proModelMaxUsage: true,
  nonProModelMaxUsage: true,
  projectSurveyEnabled: true,
})

type PolicySettings = Pick<Settings, keyof typeof policySettings.shape>

export function keyPolicyOf(settings: PolicySettings): KeyPolicy {
  return {
    failures: {
      max: settings.maxFailures,
      coolingMs: [minuteMs, 10 * minuteMs, hourMs],
      suspectMs: minuteMs,
      correlated: { projects: 5, windowMs: 10 * secondMs, heldBackMs: minuteMs },
      doubted: { probeEveryMs: minuteMs, answerEveryMs: 10 * minuteMs, heldBackMs: 3 * secondMs },
    },
    quota: {
      windowGuardMs: 250,
      minuteMs,
      minuteCapMs: 90 * secondMs,
      jitterMs: secondMs,
      unknownMs: [10 * secondMs, minuteMs, 10 * minuteMs, hourMs],
      zeroRecheckMs: 7 * dayMs,
      notFoundMs: hourMs,
      notFoundCapMs: dayMs,
      learnedLimitTtlMs: 14 * dayMs,
    },
    suspension: { firstMs: hourMs, capMs: 8 * hourMs, needsBillingMs: dayMs },
    breakers: {
      model: {
        windowMs: 5 * secondMs,
        firstMs: secondMs,
        capMs: 30 * secondMs,
        trialTimeoutMs: 2 * secondMs,
      },
      egress: {
        windowMs: 10 * secondMs,
        failures: 3,
        requests: 2,
        projects: 3,
        trialEveryMs: secondMs,
        locationCapMs: 15 * secondMs,
        watch: {
          trialMs: 3 * secondMs,
          idleAfterMs: minuteMs,
          idleEveryMs: 10 * secondMs,
          silenceMs: 5 * secondMs,
          silenceCapMs: minuteMs,
          silentTrials: 2,
        },
      },
    },
    pool: poolPolicyOf(settings),
    checks: {
      intervalMs: settings.checkIntervalHours * hourMs,
      deadRecheckMs: dayMs,
      concurrency: 4,
      trialTimeoutMs: 10 * secondMs,
    },
    survey: {
      enabled: settings.projectSurveyEnabled,
      delayMs: 2 * secondMs,
      paceMs: 50,
      againMs: 10 * minuteMs,
      refusedForMs: 7 * dayMs,
      markerTtlMs: 2 * dayMs,
    },
    affinity: { ttlMs: hourMs, conversations: 20_000 },
    capacity: { waiting: 1000, lanes: 40_000, tables: 256, decisions: 500 },
  }
}

function poolPolicyOf(settings: PolicySettings): PoolPolicy {
  return {
    enabled: settings.poolEnabled,
    size: settings.poolSize,
    ttlMs: settings.keyTtlHours * hourMs,
    minThreshold: settings.poolMinThreshold,
    emergencyRefillCount: settings.emergencyRefillCount,
    maintenanceIntervalMs: settings.poolMaintenanceIntervalMinutes * minuteMs,
    proModels: settings.proModels,
    proMaxUsage: settings.proModelMaxUsage,
    nonProMaxUsage: settings.nonProModelMaxUsage,
    usedUpMs: 10 * minuteMs,
  }
}

export const defaultKeyPolicy: KeyPolicy = keyPolicyOf(policySettings.parse({}))
