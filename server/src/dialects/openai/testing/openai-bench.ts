import type { Outcome } from '../../../google/outcome.ts'
import { startFakeGemini, type FakeGemini } from '@gemini-balance/fake-gemini'
import { readSettings } from '@gemini-balance/contract'
import pino from 'pino'
import { keyPolicyOf } from '../../../app/key-policy.ts'
import { realClock } from '../../../runtime/real-clock.ts'
import { attempt } from '../../../gateway/attempt.ts'
import { explainFailure } from '../../../google/errors/network-failure.ts'
import type { AttemptReport, ForwardDeps } from '../../../gateway/forward.ts'
import { inspectorFor } from '../../../gateway/hold-back/inspectors.ts'
import { createTransport } from '../../../gateway/upstream/transport.ts'
import { utcCalendar } from '../../../runtime/calendar.ts'
import { createTokenRegistry } from '../../../auth/clients/token-registry.ts'
import type { DataRoute } from '../../../http/data-plane.ts'
import { createListener } from '../../../http/listener.ts'
import { createKeyEngine } from '../../../keys/engine.ts'
import { Secret } from '../../../log/secret.ts'
import type { FetchMedia } from '../../media/public-fetch.ts'
import type { Model } from '../../../google/models/derived-models.ts'
import { geminiRoutes } from '../../gemini/dialect.ts'
import type { OpenAiDeps, OpenAiSettings } from '../openai-deps.ts'
import { openAiRoutes } from '../dialect.ts'
import { createSignatureStore } from '../../translate/thought-signatures.ts'

export type OpenAiBench = {
  readonly url: string
  readonly fake: FakeGemini
  readonly reports: AttemptReport[]
  readonly complaints: unknown[]
  /** Bodies of the calls that reached Google, oldest first. */
  received(): Record<string, unknown>[]
  close(): Promise<void>
}

export const token = 'client-token-for-tests'
const png = { mimeType: 'image/png', data: 'QUJD' }

export type OpenAiBenchOptions = {
  readonly environment?: Record<string, string>
  readonly settings?: Partial<OpenAiSettings>
  readonly fetchMedia?: FetchMedia
  /** How many, or which; each has a project of its own. */
  readonly keys?: number | readonly string[]
  /** Attempts that may fail through no fault of a key. */
  readonly attempts?: number
  readonly moreRoutes?: (deps: OpenAiDeps) => DataRoute[]
}

/** OpenAI's dialect on a real port, before the real engine and a real HTTP server that plays Google. */
export async function startOpenAiBench({
  environment = {},
  settings: more = {},
  fetchMedia = async () => png,
  keys = 2,
  attempts: maxRetries = 3,
  moreRoutes = () => [],
}: OpenAiBenchOptions = {}): Promise<OpenAiBench> {
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
  const settings = readSettings({ BASE_URL: `${fake.url}/v1beta`, ...environment })
  const policy = keyPolicyOf(settings)
  const engine = createKeyEngine({ clock: realClock, random: Math.random, policy: () => policy })
  engine.control.setKeys(values.map((value, id) => ({ id, secret: new Secret(value) })))
  const transport = createTransport(() => settings)
  const reports: AttemptReport[] = []
  const complaints: unknown[] = []
  const attempts = {
    transport,
    exits: { choose: () => undefined, settle: (_exit: unknown, outcome: Outcome) => outcome },
    inspectorFor: (call: Parameters<typeof inspectorFor>[1], status: number) =>
      inspectorFor({ scrub: (text) => text }, call, status),
    explainFailure,
    now: realClock.now,
  }
  const forward: ForwardDeps = {
    keys: engine.keys,
    attempt: (call, options) => attempt(attempts, call, options),
    limits: () => ({ maxRetries, maxKeySwitches: 8, queueMaxWaitMs: 0, timeOutMs: 20_000 }),
    admit: () => ({ ok: true, release: () => {} }),
    report: (report) => void reports.push(report),
    clock: realClock,
  }
  const callers = createTokenRegistry(utcCalendar)
  callers.set([], token)
  const deps: OpenAiDeps = {
    settings: () => ({ ...settings, ...more }),
    callers,
    forward,
    catalogue: { models: () => listModels(fake, values[0]), has: () => false },
    signatures: createSignatureStore(),
    fetchMedia,
    version: () => 'v1beta',
    scrub: (text) => text,
    onError: (error) => void complaints.push(error),
  }
  const app = createListener({
    log: pino({ level: 'silent' }),
    data: [...openAiRoutes(deps), ...geminiRoutes(deps), ...moreRoutes(deps)],
    passedOn: [],
    groups: [],
  })
  const url = await app.listen({ host: '127.0.0.1', port: 0 })
  return {
    url,
    fake,
    reports,
    complaints,
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
