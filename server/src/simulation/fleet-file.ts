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
  if (Array.isArray(base) && Array.isArray(given)) {
    // Every item is laid over the same first default, so it has its type.
    return given.map((item, index) => overlay<unknown>(base[0], item, `${where}[${index}]`)) as T
  }
  if (isRecord(base) && isRecord(given)) {
    const laid: Record<string, unknown> = { ...base }
    for (const [name, value] of Object.entries(given)) {
      if (!(name in base)) throw new Error(`${where} has no "${name}".`)
      laid[name] = overlay<unknown>(base[name], value, `${where}.${name}`)
    }
    // The same names, each with a value of its default's type.
    return laid as T
  }
  const isQuota = (value: unknown) => value === 'none' || isRecord(value)
  if (typeof given !== typeof base && !(isQuota(given) && isQuota(base))) {
    throw new TypeError(`${where} must be a ${typeof base}.`)
  }
  // Checked to be of the default's type.
  return given as T
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
