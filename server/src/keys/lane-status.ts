/** Why a lane can or cannot be chosen. The request log stores the position in this list: append, never reorder. */
export const laneStatuses = [
  'ready',
  'exhausted',
  'cooling',
  'unavailable',
  'suspended',
  'key-cooling',
  'trial',
  'not-allowed',
  'no-key',
] as const
export type LaneStatus = (typeof laneStatuses)[number]
