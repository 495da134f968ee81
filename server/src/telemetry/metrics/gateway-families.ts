import type { KeyCounts, PoolStatus } from '../../keys/views.ts'
import type { Family, Sample } from './exposition.ts'

/** The state of the gateway at the time of a scrape. */
export type GatewayState = {
  readonly keys: () => KeyCounts
  readonly pool: () => PoolStatus
  readonly proxies: () => readonly { readonly state: 'up' | 'down' }[]
  readonly laneLabel: (lane: string) => string
  readonly requestLog: () => {
    readonly queued: number
    readonly written: number
    readonly dropped: number
    readonly failures: number
  }
  readonly isDatabaseUp: boolean
  readonly version: string
}

/** Metrics of the gateway's state, read once, so that the samples of one scrape agree. */
export function gatewayFamilies(gateway: GatewayState): Family[] {
  return [
    familyOf({
      name: 'gemini_balance_build_info',
      help: 'Always 1; the labels hold the versions.',
      type: 'gauge',
      samples: [{ labels: { version: gateway.version, node: process.version }, value: 1 }],
    }),
    familyOf({
      name: 'gemini_balance_database_up',
      help: '1 while the database answers.',
      type: 'gauge',
      samples: [{ value: gateway.isDatabaseUp ? 1 : 0 }],
    }),
    ...keyFamilies(gateway.keys(), gateway.laneLabel),
    ...poolFamilies(gateway.pool()),
    familyOf({
      name: 'gemini_balance_proxies',
      help: 'Proxies for calls to Google, by state.',
      type: 'gauge',
      samples: (['up', 'down'] as const).map((state) => ({
        labels: { state },
        value: gateway.proxies().filter((proxy) => proxy.state === state).length,
      })),
    }),
    ...requestLogFamilies(gateway.requestLog()),
  ]
}

type ReadFamily = Omit<Family, 'read'> & { readonly samples: readonly Sample[] }

const familyOf = ({ samples, ...facts }: ReadFamily): Family => ({ ...facts, read: () => samples })

const single = (facts: Omit<Family, 'read'>, value: number): Family =>
  familyOf({ ...facts, samples: [{ value }] })

function keyFamilies(counts: KeyCounts, laneLabel: (lane: string) => string): Family[] {
  return [
    familyOf({
      name: 'gemini_balance_keys',
      help: 'Keys by state.',
      type: 'gauge',
      samples: Object.entries(counts.keys).map(([state, value]) => ({ labels: { state }, value })),
    }),
    single(
      { name: 'gemini_balance_projects', help: 'Projects that keys belong to.', type: 'gauge' },
      counts.projects,
    ),
    familyOf({
      name: 'gemini_balance_lanes',
      help: 'Lanes that have been used, by model and state.',
      type: 'gauge',
      samples: lanesByState(counts, laneLabel),
    }),
    familyOf({
      name: 'gemini_balance_models_overloaded',
      help: 'Models that are paused because Google has no capacity for them.',
      type: 'gauge',
      samples: [
        {
          value: counts.lanes.filter(({ overloadedUntil }) => overloadedUntil !== undefined).length,
        },
      ],
    }),
    single(
      {
        name: 'gemini_balance_egress_down',
        help: '1 while Google cannot be reached at all.',
        type: 'gauge',
      },
      counts.egressDownUntil === undefined ? 0 : 1,
    ),
    single(
      { name: 'gemini_balance_calls_open', help: 'Calls to Google in progress.', type: 'gauge' },
      counts.inFlight,
    ),
    single(
      {
        name: 'gemini_balance_waiting',
        help: 'Requests that wait for a lane.',
        type: 'gauge',
      },
      counts.waiting,
    ),
  ]
}

function lanesByState(counts: KeyCounts, laneLabel: (lane: string) => string): Sample[] {
  const byModel = new Map<string, Map<string, number>>()
  for (const { lane, statusCounts } of counts.lanes) {
    const model = laneLabel(lane)
    const states = byModel.get(model) ?? new Map<string, number>()
    byModel.set(model, states)
    for (const [state, count] of Object.entries(statusCounts)) {
      states.set(state, (states.get(state) ?? 0) + count)
    }
  }
  return [...byModel].flatMap(([model, states]) =>
    [...states].map(([state, value]) => ({ labels: { model, state }, value })),
  )
}

function poolFamilies(pool: PoolStatus): Family[] {
  const { stats } = pool
  const lookups: Sample[] = [
    { labels: { result: 'hit' }, value: stats.hit_count },
    { labels: { result: 'miss' }, value: stats.miss_count },
  ]
  const probes: Sample[] = [
    { labels: { result: 'good' }, value: stats.successful_verifications },
    { labels: { result: 'bad' }, value: stats.verification_failures },
  ]
  return [
    single(
      { name: 'gemini_balance_pool_keys', help: 'Keys in the pool of proven keys.', type: 'gauge' },
      pool.current_size,
    ),
    single(
      { name: 'gemini_balance_pool_capacity', help: 'Keys the pool has room for.', type: 'gauge' },
      pool.pool_size,
    ),
    familyOf({
      name: 'gemini_balance_pool_lookups_total',
      help: 'Lookups in the pool, by result.',
      type: 'counter',
      samples: lookups,
    }),
    familyOf({
      name: 'gemini_balance_pool_probes_total',
      help: 'Probes of keys for the pool, by result.',
      type: 'counter',
      samples: probes,
    }),
  ]
}

const name = (what: string) => `gemini_balance_request_log_${what}`

function requestLogFamilies(log: ReturnType<GatewayState['requestLog']>): Family[] {
  return [
    single(
      {
        name: name('queued'),
        help: 'Rows of the request log that wait to be written.',
        type: 'gauge',
      },
      log.queued,
    ),
    single(
      {
        name: name('written_total'),
        help: 'Rows of the request log that were written.',
        type: 'counter',
      },
      log.written,
    ),
    single(
      {
        name: name('dropped_total'),
        help: 'Rows of the request log that were dropped.',
        type: 'counter',
      },
      log.dropped,
    ),
    single(
      {
        name: name('failures_total'),
        help: 'Failed writes of the request log; their rows are tried again.',
        type: 'counter',
      },
      log.failures,
    ),
  ]
}
