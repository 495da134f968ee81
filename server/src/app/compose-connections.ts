import type { TrustedProxies } from '../auth/trusted-proxies.ts'
import type { ConnectionDrop, ConnectionLimitsDeps } from '../http/connections/connection-limits.ts'
import type { Log } from '../log/create-log.ts'
import type { LiveSettings } from '../settings/live-settings.ts'

export type ConnectionsDeps = {
  readonly settings: LiveSettings
  readonly log: Pick<Log, 'info'>
  readonly trusted: () => TrustedProxies
}

const reportEveryMs = 60_000

/** Not the wall clock, which may jump. */
const now = () => performance.now()

const sentences: Readonly<Record<ConnectionDrop, string>> = {
  'idle-request':
    'A request body brought nothing for REQUEST_IDLE_TIMEOUT; its connection was closed.',
  'slow-request':
    'A request body was slower than REQUEST_MIN_BYTES_PER_SECOND; its connection was closed.',
  'idle-reader':
    'A client took nothing of its answer for RESPONSE_IDLE_TIMEOUT; its connection was closed.',
  'too-many-connections':
    'An address has MAX_CONNECTIONS_PER_ADDRESS open connections; more are refused. If it is your proxy, name it in TRUSTED_PROXIES.',
}

/** The limits of clients' connections, from the settings. Each kind of drop is logged at most once a minute. */
export function composeConnections({
  settings,
  log,
  trusted,
}: ConnectionsDeps): ConnectionLimitsDeps {
  const reportedAt = new Map<ConnectionDrop, number>()
  return {
    now,
    isProxy: (address) => trusted().isProxy(address),
    limits() {
      const current = settings.current()
      return {
        headersMs: current.requestHeadersTimeout * 1000,
        requestIdleMs: current.requestIdleTimeout * 1000,
        requestMinBytesPerSecond: current.requestMinBytesPerSecond,
        responseIdleMs: current.responseIdleTimeout * 1000,
        maxPerAddress: current.maxConnectionsPerAddress,
      }
    },
    onDrop(drop, address) {
      if (now() - (reportedAt.get(drop) ?? -Infinity) < reportEveryMs) return
      reportedAt.set(drop, now())
      log.info({ address }, sentences[drop])
    },
  }
}
