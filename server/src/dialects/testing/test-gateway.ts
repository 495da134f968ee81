import { readSettings, type Settings } from '@gemini-balance/contract'
import { startFakeGemini, type FakeGemini } from '@gemini-balance/fake-gemini'
import pino from 'pino'
import { keyPolicyOf } from '../../keys/policy.ts'
import { createTokenRegistry } from '../../auth/clients/token-registry.ts'
import { createGateway } from '../../gateway/gateway.ts'
import type { AttemptReport } from '../../gateway/observer.ts'
import { createTransport } from '../../gateway/upstream/transport.ts'
import type { Model } from '../../google/models/derived-models.ts'
import { gemini } from '../../google/platforms/gemini.ts'
import type { ConnectionLimitsDeps } from '../../http/connections/connection-limits.ts'
import { createListener } from '../../http/listener.ts'
import { createKeyEngine } from '../../keys/engine.ts'
import { Secret } from '../../log/secret.ts'
import { createCalendar } from '../../runtime/time/calendar.ts'
import { realClock } from '../../runtime/time/real-clock.ts'
import { mountDialects } from '../dialects.ts'
import type { FetchMedia } from '../media/public-fetch.ts'
import { createMediaFetcher, mediaLimits, type MediaFetcher } from '../media/remote-media.ts'
import { createSignatures } from '../../resources/signatures.ts'

/** All dialects on a real port, with the real key engine and fake Gemini as upstream. */
const unlimited: ConnectionLimitsDeps = {
  limits: () => ({
    headersMs: 60_000,
    requestIdleMs: Infinity,
    requestMinBytesPerSecond: 0,
    responseIdleMs: Infinity,
    maxPerAddress: 0,
  }),
  isProxy: () => false,
  now: Date.now,
  onDrop: () => {},
}

export type TestGateway = {
  readonly url: string
  readonly fake: FakeGemini
  readonly reports: AttemptReport[]
  readonly errors: unknown[]
  readonly media: Pick<MediaFetcher, 'used'>
  /** Lines of the operator's log. */
  readonly lines: string[]
  /** Bodies of the calls that reached Google, oldest first. */
  received(): Record<string, unknown>[]
  close(): Promise<void>
}

export const token = 'client-token-for-tests'
const png = { mimeType: 'image/png', data: 'QUJD' }

export type TestGatewayOptions = {
  readonly environment?: Record<string, string>
  readonly settings?: Partial<Settings>
  readonly fetchMedia?: FetchMedia
  /** A number of keys, or the keys themselves; each in a separate project. */
  readonly keys?: number | readonly string[]
  /** MAX_RETRIES. */
  readonly attempts?: number
}

export async function startTestGateway({
  environment = {},
  settings: more = {},
  fetchMedia = async () => png,
  keys = 2,
  attempts: maxRetries = 3,
}: TestGatewayOptions = {}): Promise<TestGateway> {
  const values =
    typeof keys === 'number'
      ? Array.from({ length: keys }, (_, index) => `AQ.test-key-${index}`)
      : keys
  const projects = values.map((key, index) => ({
    id: `p${index}`,
    tier: 'paid1' as const,
    keys: [key],
  }))
  const fake = await startFakeGemini({ projects })
  const read = readSettings({ BASE_URL: `${fake.url}/v1beta`, ...environment })
  // Read on each call: tests change `more` while the gateway runs.
  const settings = (): Settings => ({ ...read, ...more })
  const policy = keyPolicyOf(read)
  const engine = createKeyEngine({ clock: realClock, random: Math.random, policy: () => policy })
  engine.control.setKeys(values.map((value, id) => ({ id, secret: new Secret(value) })))
  const transport = createTransport(gemini, settings)
  const reports: AttemptReport[] = []
  const errors: unknown[] = []
  const lines: string[] = []
  const gateway = createGateway({
    platform: gemini,
    settings,
    keys: engine.keys,
    transport,
    proxies: { choose: () => undefined, settle: (_proxy, outcome) => outcome },
    limits: () => ({ maxRetries, maxKeySwitches: 8, queueMaxWaitMs: 0, timeOutMs: 20_000 }),
    clock: realClock,
    scrub: (text) => text,
    observers: [{ attempted: (report) => void reports.push(report) }],
  })
  const media = createMediaFetcher(fetchMedia, () => mediaLimits(settings()))
  const callers = createTokenRegistry(createCalendar(() => 'UTC'))
  callers.set([], token)
  const onError = (error: unknown) => void errors.push(error)
  const dialects = mountDialects(
    {
      settings,
      gateway,
      catalogue: { models: () => listModels(fake, values[0]), has: () => false },
      signatures: createSignatures(),
      media,
      scrub: (text) => text,
      now: realClock.now,
      onError,
      log: (line) => void lines.push(line),
    },
    {
      callers,
      counter: callers,
      requests: { requestBegan: () => {}, requestEnded: () => {} },
      methodOf: (url) => url,
      maxBodyBytes: () => read.maxRequestBodyMb * 1024 * 1024,
      now: realClock.now,
      onRefusal: () => {},
      onError,
    },
  )
  const app = createListener({
    log: pino({ level: 'silent' }),
    ...dialects,
    passedOn: [],
    groups: [],
    connections: unlimited,
    onRefusal: () => {},
  })
  const url = await app.listen({ host: '127.0.0.1', port: 0 })
  return {
    url,
    fake,
    reports,
    errors,
    media,
    lines,
    received: () => fake.received().map(({ bodyText }) => JSON.parse(bodyText || '{}')),
    async close() {
      app.server.closeAllConnections()
      await app.close()
      engine.close()
      await transport.close()
      await fake.close()
    },
  }
}

async function listModels(fake: FakeGemini, key = ''): Promise<Model[]> {
  const response = await fetch(`${fake.url}/v1beta/models?pageSize=1000`, {
    headers: { 'x-goog-api-key': key },
  })
  return Object(await response.json()).models
}
