import type { laneStatuses } from '@gemini-balance/contract'

/** Why a lane can or cannot be chosen. */
export type LaneStatus = (typeof laneStatuses)[number]
