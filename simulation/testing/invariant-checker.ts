import type { Outcome } from '../../server/src/google/outcome.ts'
import type { Keys, Reservation, ReserveResult } from '../../server/src/keys/types.ts'
import type { VerdictName } from '../../server/src/google/verdicts.ts'
import type { ProbeObserver, Simulation } from '../scenario.ts'

/** Checks reservations against earlier outcomes, without reading the engine's state. */
export type InvariantChecker = {
  readonly violations: readonly string[]
  wrap(keys: Keys): Keys
  readonly probes: ProbeObserver
}

const hourMs = 3_600_000
const laneName = ({ project, lane }: Reservation) => `${project} ${lane}`
const suspensions: readonly VerdictName[] = [
  'project-suspended',
  'service-disabled',
  'project-unfunded',
]

export function createInvariantChecker({ clock, google, fleet }: Simulation): InvariantChecker {
  const projects = new Map(fleet.keys.map(({ id, project }) => [id, project.id]))
  const violations: string[] = []
  const leaked = new Set<number>()
  const suspended = new Map<string, number>()
  const closed = new Map<string, { until: number; verdict: VerdictName }>()
  const open = new Set<Reservation>()

  function checkReservation(reservation: Reservation): void {
    const now = clock.now()
    const { key, project, trial } = reservation
    const report = (what: string) => violations.push(`at ${now}, key ${key}: ${what}`)
    if (open.has(reservation)) report('reserved twice')
    open.add(reservation)
    if (leaked.has(key)) report('a leaked key is used again')
    const suspendedUntil = suspended.get(project)
    if (suspendedUntil !== undefined && now < suspendedUntil) report(`${project} is suspended`)
    if (suspendedUntil !== undefined && !trial) report(`${project} is used again without a trial`)
    const lane = closed.get(laneName(reservation))
    if (lane && now < lane.until) report(`${laneName(reservation)} is closed by ${lane.verdict}`)
  }

  function learn(reservation: Reservation, outcome: Outcome): void {
    const now = clock.now()
    const { verdict } = outcome
    if (!open.delete(reservation)) violations.push(`at ${now}: settled twice`)
    if (verdict === 'answered') suspended.delete(reservation.project)
    const until = closedUntil(reservation, outcome)
    if (until > now) closed.set(laneName(reservation), { until, verdict })
  }

  function closedUntil({ reservedAt }: Reservation, outcome: Outcome): number {
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
    violations,
    probes: {
      started(key) {
        if (leaked.has(key)) violations.push(`at ${clock.now()}: the leaked key ${key} is probed`)
      },
      finished(key, { verdict }) {
        // What a client's call meets takes nothing out of service; what a probe meets does.
        if (verdict === 'key-leaked') leaked.add(key)
        if (suspensions.includes(verdict)) {
          suspended.set(projects.get(key) ?? '', clock.now() + hourMs)
        }
        if (verdict === 'answered') suspended.delete(projects.get(key) ?? '')
      },
    },
    wrap: (keys) => ({
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
