import { grouped } from '../report.ts'
import { playScenario, policies } from '../scenario.ts'
import { drawFleet, type DrawnFleet } from './draw.ts'

export type CheckedFleet = {
  readonly seed: number
  readonly requests: number
  /** What was wrong, in words; undefined where nothing was. */
  readonly failure: string | undefined
}

/** Plays the fleet of a seed. No error may reach a client while a lane has room, and every request must end. */
export async function checkFleet(seed: number): Promise<CheckedFleet> {
  const drawn = drawFleet(seed)
  let requests = 0
  try {
    const days = await playScenario(drawn.scenario, policies['Gemini Balance'])
    for (const day of days) requests += day?.requests ?? 0
    const avoidable = days.flatMap((day) => [...(day?.avoidable ?? [])])
    const failure = avoidable
      .map(([why, count]) => `${grouped(count)} avoidable, ${why}`)
      .join('; ')
    return { seed, requests, failure: failure === '' ? undefined : failure }
  } catch (error) {
    return { seed, requests, failure: error instanceof Error ? error.message : String(error) }
  }
}

export function describeFleet({ world, scenario }: DrawnFleet): string {
  const { fleet, traffic, days, knowledge } = scenario
  return [
    `world ${world}`,
    `knowledge ${knowledge}`,
    `${fleet.keys} keys`,
    `${fleet.projects} projects`,
    `${fleet.models.length} models`,
    `load ${traffic.load.toFixed(2)}`,
    `${(days * 24).toFixed(1)} hours`,
  ].join(', ')
}
