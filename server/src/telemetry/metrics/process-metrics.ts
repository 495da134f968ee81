import { collectDefaultMetrics, Registry } from 'prom-client'

let registry: Registry | undefined

/** prom-client's default metrics of the process, under the names that dashboards for Node expect. */
export function processMetrics(): Promise<string> {
  if (registry === undefined) {
    registry = new Registry()
    collectDefaultMetrics({ register: registry })
  }
  return registry.metrics()
}
