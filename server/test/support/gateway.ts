import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startFakeGemini, type FakeGemini, type FakeOptions } from '@gemini-balance/fake-gemini'
import { afterAll, beforeAll } from 'vitest'
import { compose, type Program } from '../../src/app/compose.ts'

export type TestGateway = {
  readonly url: string
  readonly program: Program
  readonly fake: FakeGemini
  /** Every line the gateway logged. */
  readonly logged: string[]
  close(): Promise<void>
}

export const clientToken = 'client-token-for-tests'
export const adminToken = 'admin-token-for-tests'

export type TestGatewayOptions = {
  readonly fake?: FakeOptions
  readonly settings?: Readonly<Record<string, string>>
  readonly dataDir?: string
  readonly pagesFolder?: string
  /** The clock of admin sessions and of the guess throttle. */
  readonly now?: () => number
}

/** Starts a gateway on a free port, with a new database, in front of a fake Gemini. */
export async function startGateway({
  fake: fakeOptions,
  settings,
  dataDir,
  pagesFolder,
  now,
}: TestGatewayOptions): Promise<TestGateway> {
  const fake = await startFakeGemini(fakeOptions)
  const folder = dataDir ?? (await mkdtemp(join(tmpdir(), 'gemini-balance-')))
  const keys = (fakeOptions?.projects ?? [])
    .flatMap((project) => project.keys)
    .map((key) => (typeof key === 'string' ? key : key.value))
  const logged: string[] = []
  const program = await compose({
    environment: {
      HOST: '127.0.0.1',
      PORT: '0',
      DATA_DIR: folder,
      BASE_URL: `${fake.url}/v1beta`,
      API_KEYS: JSON.stringify(keys),
      ALLOWED_TOKENS: clientToken,
      AUTH_TOKEN: adminToken,
      VALID_KEY_POOL_ENABLED: 'false',
      CHECK_INTERVAL_HOURS: '0',
      PROJECT_SURVEY_ENABLED: 'false',
      ...settings,
    },
    ...(pagesFolder === undefined ? {} : { pagesFolder }),
    ...(now === undefined ? {} : { now }),
    logDestination: { write: (line) => void logged.push(line) },
  })
  // An earlier gateway may have stored the address of its fake in this database.
  await program.settings.reset(dataDir === undefined ? ['BASE_URL'] : undefined)
  return {
    url: program.url,
    program,
    fake,
    logged,
    async close() {
      await program.close()
      await fake.close()
      if (dataDir === undefined) await rm(folder, { recursive: true, force: true })
    },
  }
}

/** Starts a gateway before the tests of a file or a `describe`, and closes it after them. */
export function useGateway(options: TestGatewayOptions): TestGateway {
  let started: TestGateway | undefined
  const running = () => {
    if (started === undefined) throw new Error('The gateway runs only while tests run.')
    return started
  }
  beforeAll(async () => {
    started = await startGateway(options)
  })
  afterAll(() => started?.close())
  return {
    get url() {
      return running().url
    },
    get program() {
      return running().program
    },
    get fake() {
      return running().fake
    },
    get logged() {
      return running().logged
    },
    close: () => running().close(),
  }
}

/** Healthy keys, each in its own project. */
export function healthyProjects(count: number) {
  return Array.from({ length: count }, (_, index) => ({
    id: `project-${index}`,
    tier: 'paid1' as const,
    keys: [keyNumber(index)],
  }))
}

/** A made-up key. */
export function keyNumber(index: number): string {
  return `AQ.test-key-${String(index).padStart(30, '0')}`
}

export type Called = { readonly status: number; readonly headers: Headers; readonly text: string }

/** Calls the gateway with the client token. */
export async function call(
  gateway: { url: string },
  path: string,
  init: RequestInit = {},
): Promise<Called> {
  const response = await fetch(gateway.url + path, {
    ...init,
    headers: { 'x-goog-api-key': clientToken, ...Object.fromEntries(new Headers(init.headers)) },
  })
  return { status: response.status, headers: response.headers, text: await response.text() }
}

export function generate(
  gateway: { url: string },
  text: string,
  options: { model?: string; method?: string } = {},
) {
  const { model = 'gemini-3.8-flash', method = 'generateContent' } = options
  return call(gateway, `/v1beta/models/${model}:${method}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ contents: [{ role: 'user', parts: [{ text }] }] }),
  })
}

/** The smallest request body. */
export const generateBody = JSON.stringify({
  contents: [{ role: 'user', parts: [{ text: 'hi' }] }],
})
