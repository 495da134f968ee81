import type { CallCounter } from '../auth/clients/admission.ts'
import type { Callers } from '../auth/clients/credentials.ts'
import { mountDialects } from '../dialects/dialects.ts'
import { createPublicFetch, publicFetchDefaults } from '../dialects/media/public-fetch.ts'
import { createMediaFetcher, mediaLimits } from '../dialects/media/remote-media.ts'
import type { MountDeps } from '../dialects/mount.ts'
import type { OnRefusal } from '../http/refusals.ts'
import type { DialectServices } from '../dialects/services.ts'
import type { Proxies } from '../gateway/egress/proxies.ts'
import type { RootLog } from '../log/create-log.ts'
import { realClock } from '../runtime/time/real-clock.ts'
import type { LiveSettings } from '../settings/live-settings.ts'
import { clientMethod } from '../telemetry/metrics/client-method.ts'
import type { RequestMetrics } from '../telemetry/metrics/request-metrics.ts'

export type ComposeDialectsDeps = Pick<DialectServices, 'gateway' | 'catalogue' | 'signatures'> & {
  readonly onError: MountDeps['onError'] & DialectServices['onError']
  readonly onRefusal: OnRefusal
  readonly settings: LiveSettings
  readonly callers: Callers
  readonly counter: CallCounter
  readonly log: RootLog
  readonly requestMetrics: RequestMetrics
  readonly proxies: Pick<Proxies, 'forOtherHosts'>
}

/** What clients call. */
export function composeDialects(deps: ComposeDialectsDeps): ReturnType<typeof mountDialects> {
  const {
    settings,
    gateway,
    catalogue,
    signatures,
    callers,
    counter,
    log,
    requestMetrics,
    onRefusal,
    onError,
    proxies,
  } = deps
  const { now } = realClock
  const fetchMedia = createPublicFetch({
    ...publicFetchDefaults,
    proxy: proxies.forOtherHosts,
    connectTimeoutMs: () => settings.current().connectTimeout * 1000,
  })
  return mountDialects(
    {
      settings: settings.current,
      gateway,
      catalogue,
      signatures,
      media: createMediaFetcher(fetchMedia, () => mediaLimits(settings.current())),
      scrub: log.scrubber.scrub,
      now,
      onError,
      log: (line) => log.info(line),
    },
    {
      callers,
      counter,
      requests: requestMetrics,
      methodOf: clientMethod,
      maxBodyBytes: () => settings.current().maxRequestBodyMb * 1024 * 1024,
      now,
      onRefusal,
      onError,
    },
  )
}
