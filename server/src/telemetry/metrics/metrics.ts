import { expose } from './exposition.ts'
import { gatewayFamilies, type GatewayState } from './gateway-families.ts'
import { withTimeout } from '../../runtime/with-timeout.ts'
import { processMetrics } from './process-metrics.ts'
import type { RequestMetrics } from './request-metrics.ts'

export type MetricsDeps = Omit<GatewayState, 'isDatabaseUp' | 'laneLabel'> & {
  readonly requestMetrics: RequestMetrics
  readonly checkDatabase: () => Promise<boolean>
}

/** Prometheus gives up after ten seconds by default; a database that needs more than two counts as down. */
const databaseTimeoutMs = 2000

/** All metrics in Prometheus' text format. */
export async function readMetrics({
  checkDatabase,
  requestMetrics,
  ...state
}: MetricsDeps): Promise<string> {
  const isDatabaseUp = await inTime(checkDatabase())
  const { laneLabel } = requestMetrics
  const families = [
    ...requestMetrics.families(),
    ...gatewayFamilies({ ...state, laneLabel, isDatabaseUp }),
  ]
  return `${expose(families)}\n${await processMetrics()}`
}

async function inTime(answer: Promise<boolean>): Promise<boolean> {
  let isUp = false
  await withTimeout(databaseTimeoutMs, async () => {
    isUp = await answer
  })
  return isUp
}
