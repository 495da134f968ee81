import type { ChildProcess } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import { createServer, type Server } from 'node:tls'
import { startFakeGemini, type FakeGemini } from '@gemini-balance/fake-gemini'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { useTemporaryFolder } from '../src/runtime/testing/temporary-folder.ts'
import { clientToken, generate, healthyProjects } from './support/gateway.ts'
import { startProgram } from './support/program.ts'
import { startHttpProxy, startSocksProxy, type TestProxy } from './support/proxies.ts'
import { selfSigned } from './support/self-signed.ts'

// As it is in earnest: Google speaks TLS only, and the proxy sees nothing of what is said.

const folder = useTemporaryFolder()
let fake: FakeGemini
let google: Server
let googleUrl: string
let child: ChildProcess | undefined
let proxy: TestProxy | undefined
beforeEach(async () => {
  await writeFile(join(folder(), 'authority.pem'), selfSigned.cert)
  fake = await startFakeGemini({ projects: healthyProjects(1) })
  const { hostname, port } = new URL(fake.url)
  google = createServer(selfSigned, (client) => {
    const inner = connect(Number(port), hostname)
    client.pipe(inner).pipe(client)
    client.on('error', () => inner.destroy())
    inner.on('error', () => client.destroy())
  })
  await new Promise<void>((resolve) => google.listen(0, '127.0.0.1', resolve))
  const address = google.address()
  googleUrl = typeof address === 'object' ? `https://127.0.0.1:${address?.port}` : ''
})
afterEach(async () => {
  if (child !== undefined && child.exitCode === null) {
    const gone = new Promise((resolve) => child?.once('exit', resolve))
    child.kill('SIGKILL')
    await gone
  }
  await proxy?.close()
  await fake.close()
  google.close()
})

/** The program with these settings; resolves with its address. */
function start(settings: Readonly<Record<string, string>>): Promise<string> {
  const started = startProgram(folder(), {
    API_KEYS: healthyProjects(1)
      .flatMap(({ keys }) => keys)
      .join(','),
    ALLOWED_TOKENS: clientToken,
    BASE_URL: `https://${selfSigned.name}/v1beta`,
    VALID_KEY_POOL_ENABLED: 'false',
    ...settings,
  })
  child = started
  return new Promise((resolve, reject) => {
    let said = ''
    const hear = (chunk: Buffer) => {
      said += chunk.toString()
      const found = /http:\/\/127\.0\.0\.1:\d+/.exec(said)
      if (found !== null) resolve(found[0])
    }
    started.stdout.on('data', hear)
    started.stderr.on('data', hear)
    started.once('exit', () => reject(new Error(`It ended:\n${said}`)))
  })
}

const trusting = () => ({ NODE_EXTRA_CA_CERTS: join(folder(), 'authority.pem') })

test(
  'through the proxy that the environment names, encrypted to the end',
  { timeout: 30_000 },
  async () => {
    proxy = await startHttpProxy({ leadsTo: googleUrl })
    const url = await start({ HTTPS_PROXY: proxy.url, ...trusting() })
    expect(await generate({ url }, 'hello')).toMatchObject({ status: 200 })
    expect(new Set(proxy.asked)).toEqual(new Set([`${selfSigned.name}:443`]))
  },
)

test('through a SOCKS5 proxy, encrypted to the end', { timeout: 30_000 }, async () => {
  proxy = await startSocksProxy({ leadsTo: googleUrl, user: 'someone', password: 'secret-word' })
  const url = await start({ PROXIES: proxy.url, ...trusting() })
  expect(await generate({ url }, 'hello')).toMatchObject({ status: 200 })
  const answers = fake.received().filter(({ action }) => action === 'generateContent')
  expect(answers.map(({ status }) => status)).toEqual([200])
})

test(
  'whoever claims to be Google behind a proxy without the right certificate gets no key',
  { timeout: 30_000 },
  async () => {
    proxy = await startHttpProxy({ leadsTo: googleUrl })
    const url = await start({ PROXIES: proxy.url })
    expect(await generate({ url }, 'hello')).toMatchObject({ status: 503 })
    expect(proxy.asked.length).toBeGreaterThan(0)
    expect(fake.received()).toEqual([])
  },
)
