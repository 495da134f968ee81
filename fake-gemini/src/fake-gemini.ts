import { createServer } from 'node:http'
import type { Socket } from 'node:net'
import { serve } from './http/serve.ts'
import type { FakeKeyState, FakeOptions, FakeProject, FakeQuota } from './options.ts'
import type { ReceivedCall } from './received.ts'
import type { ScriptRule } from './scripts.ts'
import { createServerContext } from './server-context.ts'

/** A running server and its controls. */
export type FakeGemini = {
  url: string
  port: number
  /** The last 10 000 calls, oldest first. */
  received(): ReceivedCall[]
  clearReceived(): void
  openConnections(): number
  /** Number of calls in progress. */
  activeCalls(): number
  /** The server's clock: real time plus an offset. */
  now(): number
  advance(ms: number): void
  setTime(ms: number): void
  setKeyState(key: string, state: FakeKeyState): void
  addProject(project: FakeProject): void
  setQuota(project: string, model: string, quota: FakeQuota): void
  /** Sends a fixed answer to matching calls, before any other check. */
  script(rule: ScriptRule): void
  clearScripts(): void
  close(): Promise<void>
}

const keepAliveMs = 120_000

export async function startFakeGemini(options: FakeOptions = {}): Promise<FakeGemini> {
  const sockets = new Set<Socket>()
  const context = createServerContext(options, () => sockets.size)
  const server = createServer(
    { keepAliveTimeout: keepAliveMs, noDelay: true },
    (request, response) => serve(context, request, response),
  )
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
  })
  const host = options.host ?? '127.0.0.1'
  const port = await new Promise<number>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port ?? 0, host, () => {
      const address = server.address()
      resolve(typeof address === 'object' && address ? address.port : 0)
    })
  })
  const { clock, received, registry, scripts } = context
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${port}`,
    port,
    received: () => received.list(),
    clearReceived: () => received.clear(),
    openConnections: () => sockets.size,
    activeCalls: () => context.active,
    now: () => clock.now(),
    advance: (ms) => clock.advance(ms),
    setTime: (ms) => clock.setTime(ms),
    setKeyState: (key, state) => registry.setKeyState(key, state),
    addProject: (project) => registry.addProject(project),
    setQuota: (project, model, quota) => registry.setQuota(project, model, quota),
    script: (rule) => scripts.add(rule),
    clearScripts: () => scripts.clear(),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
