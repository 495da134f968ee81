import { createServer } from 'node:http'
import type { Socket } from 'node:net'
import type { FileCalls } from './files/call-counts.ts'
import type { FileResource } from './files/store/file.ts'
import { addForeignFiles, addGeneratedFile } from './files/store/prefill.ts'
import type { GeneratedFile } from './files/store/prefill.ts'
import { serve } from './http/serve.ts'
import type { FileScope } from './misbehaviour/file-behaviour.ts'
import type { FakeKeyState, FakeOptions, FakeProject, FakeQuota } from './options.ts'
import type { ReceivedCall } from './received.ts'
import type { ScriptRule } from './scripts.ts'
import { addProject, createServerContext } from './server-context.ts'

/** A running server and its controls. */
export type FakeGemini = {
  url: string
  port: number
  /** The last 10 000 calls, oldest first. */
  received(): ReceivedCall[]
  clearReceived(): void
  /** Calls to the Files API by key and project. */
  fileCalls(): FileCalls
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
  /** How the Files API misbehaves for a key or a project; replaces what was set before. */
  setFileMisbehaviours(scope: FileScope, names: readonly string[]): void
  /** Adds files that somebody else uploaded. */
  addForeignFiles(project: string, count: number): void
  /** Adds a file that can be downloaded, and returns its name. */
  addGeneratedFile(project: string, file?: GeneratedFile): string
  /** The files that a project has, newest first, also those that lists do not show. */
  files(project: string): FileResource[]
  /** Sends a fixed answer to matching calls, before any other check. */
  script(rule: ScriptRule): void
  clearScripts(): void
  close(): Promise<void>
}

const keepAliveMs = 120_000
/** Connections that may wait to be accepted. */
const backlog = 4096

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
    server.listen(options.port ?? 0, host, backlog, () => {
      const address = server.address()
      resolve(typeof address === 'object' && address ? address.port : 0)
    })
  })
  const { clock, files, received, registry, scripts } = context
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${port}`,
    port,
    received: () => received.list(),
    clearReceived: () => received.clear(),
    fileCalls: () => received.fileCalls(),
    openConnections: () => sockets.size,
    activeCalls: () => context.active,
    now: () => clock.now(),
    advance: (ms) => clock.advance(ms),
    setTime: (ms) => clock.setTime(ms),
    setKeyState: (key, state) => registry.setKeyState(key, state),
    addProject: (project) => addProject(context, project),
    setQuota: (project, model, quota) => registry.setQuota(project, model, quota),
    setFileMisbehaviours: (scope, names) => files.behaviours.set(scope, names),
    addForeignFiles: (project, count) =>
      addForeignFiles(files.store, registry.project(project).id, count),
    addGeneratedFile: (project, file = {}) =>
      addGeneratedFile(files.store, registry.project(project).id, file),
    files: (project) => files.store.resources(project),
    script: (rule) => scripts.add(rule),
    clearScripts: () => scripts.clear(),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
