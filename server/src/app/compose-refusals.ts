import type { TrustedProxies } from '../auth/trusted-proxies.ts'
import type { OnRefusal } from '../http/refusals.ts'
import type { Log, RootLog } from '../log/create-log.ts'
import { createBatchWriter } from '../runtime/write-behind.ts'
import type { Shutdown } from '../runtime/shutdown.ts'
import type { Storage } from '../storage/storage.ts'
import type { LiveCounters } from '../telemetry/events/live-counters.ts'
import type { RequestMetrics } from '../telemetry/metrics/request-metrics.ts'
import { createRefusalLog } from '../telemetry/refusals/refusal-log.ts'
import { scrubRefusal } from '../telemetry/refusals/scrub-refusal.ts'

export type RefusalsDeps = {
  readonly storage: Pick<Storage, 'refusals'>
  readonly log: Pick<Log, 'error'> & Pick<RootLog, 'scrubber'>
  readonly trusted: () => TrustedProxies
  readonly requestMetrics: Pick<RequestMetrics, 'refused'>
  readonly counters: Pick<LiveCounters, 'refused'>
  readonly closing: Pick<Shutdown, 'add'>
}

const flushMs = 60_000

/** Counts and logs the requests that the gateway refuses by its own rules. */
export function composeRefusals(deps: RefusalsDeps): OnRefusal {
  const { storage, log, trusted, requestMetrics, counters, closing } = deps
  const { scrub } = log.scrubber
  const writer = createBatchWriter({
    write: storage.refusals.insertMany,
    onError: (error, stats) =>
      log.error({ err: error, ...stats }, 'Refusals cannot be logged. It is tried again.'),
  })
  const refusals = createRefusalLog({
    record: (row) => writer.record(scrubRefusal(row, scrub)),
    now: Date.now,
  })
  const timer = setInterval(refusals.flush, flushMs)
  timer.unref()
  closing.add(async () => {
    clearInterval(timer)
    refusals.flush()
    await writer.close()
  })
  return ({ request, address, message, requestId, surface, code, status, caller }) => {
    requestMetrics.refused(surface, code)
    counters.refused(code)
    const { method: verb = '', url = '' } = request ?? {}
    refusals.refused({
      requestId,
      surface,
      verb,
      path: url,
      code,
      status,
      caller,
      address: request === undefined ? (address ?? '') : trusted().originOf(request).address,
      message,
    })
  }
}
