import { createServer } from 'node:http'
import type { Socket } from 'node:net'
import { serve } from './http/serve.ts'
import type { FakeKeyState, FakeOptions, FakeProject, FakeQuota } from './options.ts'
import type { ReceivedCall } from './received.ts'
import type { ScriptRule } from './scripts.ts'
import { createContext } from './world.ts'

/** A running server, and the hands on its controls. */
export type FakeGemini = {
  url: string
  port: number
  /** The last 10 000 calls, oldest first. */
  received(): ReceivedCall[]
  clearReceived(): void
  openConnections(): number
  /** Calls that are being answered now. */
  activeCalls(): number
  /** The fake clock: real time at the distance set here. */
  now(): number
  advance(ms: number): void
  setTime(ms: number): void
  setKeyState(key: string, state: FakeKeyState): void
  addProject(project: FakeProject): void
  setQuota(project: string, model: string, quota: FakeQuota): void
  /** Lays down an answer for the calls that match, before anything else is looked at. */
  script(rule: ScriptRule): void
  clearScripts(): void
  close(): Promise<void>
}

const keepAliveMs = 120_000

export async function startFakeGemini(options: FakeOptions = {}): Promise<FakeGemini> {
  const sockets = new Set<Socket>()
  const world = createContext(options, () => sockets.size)
  const server = createServer(
    { keepAliveTimeout: keepAliveMs, noDelay: true },
    (request, response) => serve(world, request, response),
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
  const { clock, received, registry, scripts } = world
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${port}`,
    port,
    received: () => received.list(),
    clearReceived: () => received.clear(),
    openConnections: () => sockets.size,
    activeCalls: () => world.active,
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
