/** Why a lane can or cannot be chosen. The request log knows them by their place in this list: new ones come at its end. */
export const laneStatuses = [
  'ready',
  'spent',
  'cooling',
  'unavailable',
  'suspended',
  'resting',
  'trial',
  'not-allowed',
  'keyless',
] as const
export type LaneStatus = (typeof laneStatuses)[number]
