import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Child, Children } from './children.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const keyCount = 20
export const benchAdminToken = 'bench-admin-token'

/** The built program is measured, not the source. */
export function buildIfStale(): void {
  const build = join(root, 'scripts/build.mjs')
  const built = spawnSync(process.execPath, [build, '--if-stale'], { stdio: ['ignore', 2, 2] })
  if (built.status !== 0) throw new Error('The build failed; nothing can be measured.')
}

/** fake-gemini without validation and without a list of calls, in a separate process. */
export function startFake(children: Children): Promise<Child> {
  return children.start({
    name: 'fake-gemini',
    args: [join(root, 'fake-gemini/dist/cli.js'), '--port', '0', '--fast', '--open-keys'],
    ready: (printed) => /listens on (http:\S+)/.exec(printed)?.[1],
  })
}

export function startBareProxy(
  children: Children,
  upstream: string,
  connections = 256,
): Promise<Child> {
  const script = join(root, 'bench/bare-proxy.ts')
  return children.start({
    name: 'bare proxy',
    args: ['--import', 'tsx', script, upstream, String(connections)],
    folder: root,
    ready: (printed) => /^(http:\S+)$/m.exec(printed)?.[1],
  })
}

export type GatewayOptions = {
  /** Data folder. Default: a new one. */
  readonly folder?: string
  readonly env?: Readonly<Record<string, string>>
  /** Another checkout, with its own build. */
  readonly root?: string
}

/** The gateway with default settings and working keys; the request log goes to SQLite. */
export async function startGateway(
  children: Children,
  upstream: string,
  { folder = scratchFolder(), env = {}, root: from = root }: GatewayOptions = {},
): Promise<Child> {
  const address = `http://127.0.0.1:${await freePort()}`
  const child = await children.start({
    name: 'gateway',
    args: [join(from, 'server/dist/main.js')],
    // The folder has no .env.
    folder,
    env: {
      HOST: '127.0.0.1',
      PORT: new URL(address).port,
      DATA_DIR: folder,
      API_KEYS: JSON.stringify(Array.from({ length: keyCount }, (_, index) => benchKey(index))),
      ALLOWED_TOKENS: '["bench-token"]',
      AUTH_TOKEN: benchAdminToken,
      BASE_URL: `${upstream}/v1beta`,
      ...env,
    },
    ready: (printed) => (printed.includes('\n') ? address : undefined),
  })
  await untilReady(address)
  return child
}

function scratchFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'gemini-balance-bench-'))
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  return folder
}

export const benchKey = (index: number) =>
  `AQ.Bench${String(index).padStart(4, '0')}`.padEnd(53, 'x')

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      const port = typeof address === 'object' ? (address?.port ?? 0) : 0
      server.close(() => resolve(port))
    })
  })
}

async function untilReady(address: string): Promise<void> {
  for (let left = 100; left > 0; left -= 1) {
    const answer = await fetch(`${address}/ready`).catch(() => undefined)
    if (answer?.ok) return
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  throw new Error('The gateway did not become ready.')
}
