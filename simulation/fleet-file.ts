import type { FleetPlan } from './fleet.ts'
import type { TrafficPlan } from './traffic.ts'

export type Plans = { readonly fleet: FleetPlan; readonly traffic: TrafficPlan }

/**
 * A fleet file overrides the default plans: `{ "fleet": { "keys": 40, "models": [...] }, "traffic": { "load": 1.2 } }`. Each of its
 * models is based on the first default model.
 */
export function readFleetFile(text: string, defaults: Plans): Plans {
  const given: unknown = JSON.parse(text)
  return merge(defaults, given, 'the fleet file')
}

function merge<T>(base: T, given: unknown, where: string): T {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- `mergedValue` checks names and types against `base`
  return mergedValue(base, given, where) as T
}

function mergedValue(base: unknown, given: unknown, where: string): unknown {
  if (Array.isArray(base) && Array.isArray(given)) {
    return given.map((item, index) => mergedValue(base[0], item, `${where}[${index}]`))
  }
  if (isRecord(base) && isRecord(given)) {
    const merged: Record<string, unknown> = { ...base }
    for (const [name, value] of Object.entries(given)) {
      if (!(name in base)) throw new Error(`${where} has no "${name}".`)
      merged[name] = mergedValue(base[name], value, `${where}.${name}`)
    }
    return merged
  }
  const isQuota = (value: unknown) => value === 'none' || isRecord(value)
  if (typeof given !== typeof base && !(isQuota(given) && isQuota(base))) {
    throw new TypeError(`${where} must be a ${typeof base}.`)
  }
  return given
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
