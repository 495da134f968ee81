import type { FleetPlan } from './fleet.ts'
import type { TrafficPlan } from './traffic.ts'

export type Plans = { readonly fleet: FleetPlan; readonly traffic: TrafficPlan }

/**
 * A fleet file says what differs from the default plans: `{ "fleet": { "keys": 40, "models": [...] }, "traffic": { "load": 1.2 } }`.
 * A model that it lists starts from the first default model.
 */
export function readFleetFile(text: string, defaults: Plans): Plans {
  const given: unknown = JSON.parse(text)
  return overlay(defaults, given, 'the fleet file')
}

function overlay<T>(base: T, given: unknown, where: string): T {
  // What comes back was held against the default, name by name and type by type.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the compiler cannot follow that
  return laidOver(base, given, where) as T
}

function laidOver(base: unknown, given: unknown, where: string): unknown {
  if (Array.isArray(base) && Array.isArray(given)) {
    return given.map((item, index) => laidOver(base[0], item, `${where}[${index}]`))
  }
  if (isRecord(base) && isRecord(given)) {
    const laid: Record<string, unknown> = { ...base }
    for (const [name, value] of Object.entries(given)) {
      if (!(name in base)) throw new Error(`${where} has no "${name}".`)
      laid[name] = laidOver(base[name], value, `${where}.${name}`)
    }
    return laid
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
