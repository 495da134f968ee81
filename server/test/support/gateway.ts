import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startFakeGemini, type FakeGemini, type FakeOptions } from '@gemini-balance/fake-gemini'
import { compose, type Gateway } from '../../src/app/compose.ts'

export type Bench = {
  readonly url: string
  readonly gateway: Gateway
  readonly fake: FakeGemini
  /** Every line the gateway logged. */
  readonly logged: string[]
  close(): Promise<void>
}

export const clientToken = 'client-token-for-tests'
export const adminToken = 'admin-token-for-tests'

export type BenchOptions = {
  readonly fake?: FakeOptions
  readonly settings?: Readonly<Record<string, string>>
  readonly dataDir?: string
  readonly pagesFolder?: string
  /** The time by which admins are let in. */
  readonly now?: () => number
}

/** A real gateway on a free port in front of a fake Gemini, on a database of its own. */
export async function startBench({
  fake: fakeOptions,
  settings,
  dataDir,
  pagesFolder,
  now,
}: BenchOptions): Promise<Bench> {
  const fake = await startFakeGemini(fakeOptions)
  const folder = dataDir ?? (await mkdtemp(join(tmpdir(), 'gemini-balance-')))
  const keys = (fakeOptions?.projects ?? [])
    .flatMap((project) => project.keys)
    .map((key) => (typeof key === 'string' ? key : key.value))
  const logged: string[] = []
  const gateway = await compose({
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
      ...settings,
    },
    ...(pagesFolder === undefined ? {} : { pagesFolder }),
    ...(now === undefined ? {} : { now }),
    logDestination: { write: (line) => void logged.push(line) },
  })
  // What an earlier bench stored in the same database counts, and Google was somewhere else.
  await gateway.settings.reset(dataDir === undefined ? ['BASE_URL'] : undefined)
  return {
    url: gateway.url,
    gateway,
    fake,
    logged,
    async close() {
      await gateway.close()
      await fake.close()
      if (dataDir === undefined) await rm(folder, { recursive: true, force: true })
    },
  }
}

/** So many healthy keys, each in a project of its own. */
export function healthyProjects(count: number) {
  return Array.from({ length: count }, (_, index) => ({
    id: `project-${index}`,
    tier: 'paid1' as const,
    keys: [keyNumber(index)],
  }))
}

/** A key that looks like one, and is nobody's. */
export function keyNumber(index: number): string {
  return `AQ.test-key-${String(index).padStart(30, '0')}`
}

export type Called = { readonly status: number; readonly headers: Headers; readonly text: string }

/** A call as a client makes it. */
export async function call(
  bench: { url: string },
  path: string,
  init: RequestInit = {},
): Promise<Called> {
  const response = await fetch(bench.url + path, {
    ...init,
    headers: { 'x-goog-api-key': clientToken, ...Object.fromEntries(new Headers(init.headers)) },
  })
  return { status: response.status, headers: response.headers, text: await response.text() }
}

export function generate(
  bench: { url: string },
  text: string,
  options: { model?: string; method?: string } = {},
) {
  const { model = 'gemini-3.8-flash', method = 'generateContent' } = options
  return call(bench, `/v1beta/models/${model}:${method}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ contents: [{ role: 'user', parts: [{ text }] }] }),
  })
}

/** The smallest question there is. */
export const generateBody = JSON.stringify({
  contents: [{ role: 'user', parts: [{ text: 'hi' }] }],
})
