import { expose } from './exposition.ts'
import { gatewayFamilies, type Sights } from './gateway-families.ts'
import { processMetrics } from './process-metrics.ts'
import type { Traffic } from './request-metrics.ts'

export type MetricsDeps = Omit<Sights, 'isDatabaseUp' | 'laneLabel'> & {
  readonly traffic: Traffic
  readonly askDatabase: () => Promise<boolean>
}

/** A scraper gives up after ten seconds; a database that has not answered after two is as good as down. */
const patienceMs = 2000

/** Everything there is to know in numbers, in Prometheus' text format. */
export async function readMetrics({
  askDatabase,
  traffic,
  ...sights
}: MetricsDeps): Promise<string> {
  const isDatabaseUp = await inTime(askDatabase())
  const { laneLabel } = traffic
  const families = [
    ...traffic.families(),
    ...gatewayFamilies({ ...sights, laneLabel, isDatabaseUp }),
  ]
  return `${expose(families)}\n${await processMetrics()}`
}

async function inTime(answer: Promise<boolean>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), patienceMs)
  })
  const isUp = await Promise.race([answer, late])
  clearTimeout(timer)
  return isUp
}
