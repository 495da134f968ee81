import type { Outcome } from '../../server/src/google/outcome.ts'
import type { Keys, Reservation, ReserveResult } from '../../server/src/keys/types.ts'
import type { VerdictName } from '../../server/src/google/verdicts.ts'
import type { ProbeWatch, Stage } from '../scenario.ts'

/** What an engine was told and until when it binds it: the invariants, read off outcomes alone and not off the engine's books. */
export type Watch = {
  readonly broken: readonly string[]
  over(keys: Keys): Keys
  readonly probes: ProbeWatch
}

const hourMs = 3_600_000
const laneName = ({ project, lane }: Reservation) => `${project} ${lane}`
const suspensions: readonly VerdictName[] = [
  'project-suspended',
  'service-disabled',
  'project-unfunded',
]

export function createWatch({ clock, google, fleet }: Stage): Watch {
  const projects = new Map(fleet.keys.map(({ id, project }) => [id, project.id]))
  const broken: string[] = []
  const leaked = new Set<number>()
  const suspended = new Map<string, number>()
  const shut = new Map<string, { until: number; verdict: VerdictName }>()
  const open = new Set<Reservation>()

  function checkReservation(reservation: Reservation): void {
    const now = clock.now()
    const { key, project, trial } = reservation
    const say = (what: string) => broken.push(`at ${now}, key ${key}: ${what}`)
    if (open.has(reservation)) say('reserved twice')
    open.add(reservation)
    if (leaked.has(key)) say('a leaked key is asked again')
    const suspendedUntil = suspended.get(project)
    if (suspendedUntil !== undefined && now < suspendedUntil) say(`${project} is suspended`)
    if (suspendedUntil !== undefined && !trial) say(`${project} is asked again without a trial`)
    const lane = shut.get(laneName(reservation))
    if (lane && now < lane.until) say(`${laneName(reservation)} is shut by ${lane.verdict}`)
  }

  function learn(reservation: Reservation, outcome: Outcome): void {
    const now = clock.now()
    const { verdict } = outcome
    if (!open.delete(reservation)) broken.push(`at ${now}: settled twice`)
    if (verdict === 'key-leaked') leaked.add(reservation.key)
    if (suspensions.includes(verdict)) suspended.set(reservation.project, now + hourMs)
    if (verdict === 'answered') suspended.delete(reservation.project)
    const until = shutUntil(reservation, outcome)
    if (until > now) shut.set(laneName(reservation), { until, verdict })
  }

  function shutUntil({ reservedAt }: Reservation, outcome: Outcome): number {
    const now = clock.now()
    if (outcome.verdict === 'model-closed') return Infinity
    if (outcome.verdict === 'quota-zero') return now + 24 * hourMs
    if (outcome.verdict === 'quota-unknown') return now + 10_000
    if (outcome.verdict !== 'quota-spent') return 0
    const daily = outcome.violations?.some(({ window }) => window === 'day')
    return daily ? google.dayEnd(reservedAt) : now + (outcome.retryAfterMs ?? 0)
  }

  const checked = (result: ReserveResult) => {
    if (result.ok) checkReservation(result.reservation)
    return result
  }
  return {
    broken,
    probes: {
      leaves(key) {
        if (leaked.has(key)) broken.push(`at ${clock.now()}: the leaked key ${key} is probed`)
      },
      ends(key, { verdict }) {
        if (verdict === 'key-leaked') leaked.add(key)
        if (verdict === 'answered') suspended.delete(projects.get(key) ?? '')
      },
    },
    over: (keys) => ({
      reserve: (wanted) => checked(keys.reserve(wanted)),
      wait: async (wanted, options) => checked(await keys.wait(wanted, options)),
      settle(reservation, outcome) {
        learn(reservation, outcome)
        keys.settle(reservation, outcome)
      },
      release: (reservation) => keys.release(reservation),
    }),
  }
}
