import type { FleetPlan, ModelPlan } from './fleet.ts'
import type { TrafficPlan } from './traffic.ts'

const unchanged = { free: 1, 'tier-1': 1, 'tier-2': 1 }

/**
 * Quotas as observed, where known. The largest are reduced, so that 5 000 keys are simulated in minutes; a lane of 10 000 requests
 * a day is no harder than one of 1 500.
 */
const models: readonly ModelPlan[] = [
  {
    name: 'gemini-3.8-flash',
    quotas: {
      free: { requestsPerMinute: 5, tokensPerMinute: 250_000, requestsPerDay: 20 },
      'tier-1': { requestsPerMinute: 60, tokensPerMinute: 1_000_000, requestsPerDay: 500 },
      'tier-2': { requestsPerMinute: 300, tokensPerMinute: 3_000_000, requestsPerDay: 1500 },
    },
    medianTokens: 4000,
    tokenSpread: 1.2,
    maxTokens: 150_000,
    closedShare: 0,
    limitFactors: unchanged,
  },
  {
    name: 'gemini-3.8-flash-lite',
    quotas: {
      free: { requestsPerMinute: 15, tokensPerMinute: 250_000, requestsPerDay: 100 },
      'tier-1': { requestsPerMinute: 150, tokensPerMinute: 2_000_000, requestsPerDay: 1000 },
      'tier-2': { requestsPerMinute: 1000, tokensPerMinute: 4_000_000, requestsPerDay: 3000 },
    },
    medianTokens: 2000,
    tokenSpread: 1,
    maxTokens: 100_000,
    closedShare: 0,
    limitFactors: unchanged,
  },
  {
    name: 'gemini-3.1-pro-preview',
    quotas: {
      free: 'none',
      'tier-1': { requestsPerMinute: 5, tokensPerMinute: 250_000, requestsPerDay: 100 },
      'tier-2': { requestsPerMinute: 25, tokensPerMinute: 500_000, requestsPerDay: 300 },
    },
    medianTokens: 8000,
    tokenSpread: 1.2,
    maxTokens: 150_000,
    closedShare: 0,
    limitFactors: unchanged,
  },
  {
    name: 'gemini-2.5-flash',
    quotas: {
      free: { requestsPerMinute: 10, tokensPerMinute: 250_000, requestsPerDay: 50 },
      'tier-1': { requestsPerMinute: 100, tokensPerMinute: 1_000_000, requestsPerDay: 500 },
      'tier-2': { requestsPerMinute: 200, tokensPerMinute: 2_000_000, requestsPerDay: 1000 },
    },
    medianTokens: 3000,
    tokenSpread: 1,
    maxTokens: 100_000,
    closedShare: 0.3,
    limitFactors: unchanged,
  },
  {
    name: 'gemma-4-26b-a4b-it',
    quotas: {
      free: { requestsPerMinute: 30, tokensPerMinute: 16_000, requestsPerDay: 150 },
      'tier-1': { requestsPerMinute: 30, tokensPerMinute: 16_000, requestsPerDay: 300 },
      'tier-2': { requestsPerMinute: 30, tokensPerMinute: 16_000, requestsPerDay: 600 },
    },
    medianTokens: 1500,
    tokenSpread: 0.8,
    maxTokens: 12_000,
    closedShare: 0,
    limitFactors: unchanged,
  },
]

export const defaultFleetPlan: FleetPlan = {
  keys: 200,
  projects: 80,
  fewestKeysPerProject: 1,
  mostKeysPerProject: Infinity,
  tiers: { free: 0.8, 'tier-1': 0.15, 'tier-2': 0.05 },
  deadShare: 0.05,
  models,
  limitChangeHour: 12,
  sharing: { projectShare: 0, quotaShare: 0.5, hoursPerDay: 8 },
  files: { refusedShare: 0, behindMs: 0 },
}

export const defaultTrafficPlan: TrafficPlan = {
  load: 1,
  dailySwing: 0.6,
  burstsPerDay: 6,
  burstFactor: 4,
  conversationShare: 0.3,
  coldStart: 0,
  faults: {
    overloadsPerDay: 4,
    outagesPerDay: 2,
    serverErrorShare: 0.002,
    timeoutShare: 0.0005,
    emptyShare: 0.002,
    refusedShare: 0.01,
    withheldShare: 0.003,
    abortedShare: 0.003,
    unknownShare: 0.0001,
    unknown429PerLaneDay: 0.2,
  },
}
