import { fork, type ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, inject } from 'vitest'
import { clientToken } from '../support/gateway.ts'

export const clientsFolder = fileURLToPath(new URL('../../../clients/', import.meta.url))

declare module 'vitest' {
  interface ProvidedContext {
    /** The Node that the newest clients need; the tests run on the server's. */
    clientsNode: string
  }
}

/** What a program can see of a client's error. */
export type ErrorSeen = {
  readonly classes: readonly string[]
  readonly status?: number
  readonly code?: unknown
  readonly param?: unknown
  readonly message: string
  readonly retryAfter?: string
}

export type Client = {
  /** Runs a step of the client's program; rejects with a `ClientFailure`. */
  run(step: string, input?: object): Promise<unknown>
  /** The error that a step ends with. */
  failureOf(step: string, input: object): Promise<ErrorSeen>
}

class ClientFailure extends Error {
  readonly seen: ErrorSeen

  constructor(seen: ErrorSeen) {
    super(`${seen.classes[0]} ${seen.status}: ${seen.message}`)
    this.name = 'ClientFailure'
    this.seen = seen
  }
}

type Message = { readonly id: number; readonly result?: unknown; readonly error?: ErrorSeen }
type Pending = { resolve(result: unknown): void; reject(error: Error): void }

/** Runs `clients/<name>.mjs` before the tests of a file or a `describe`, and ends it after them. */
export function useClient(name: string, gateway: { readonly url: string }): Client {
  const pending = new Map<number, Pending>()
  let child: ChildProcess | undefined
  let last = 0

  beforeAll(() => {
    child = fork(`${clientsFolder}${name}.mjs`, [], {
      execPath: inject('clientsNode'),
      execArgv: [],
      env: {
        PATH: process.env['PATH'] ?? '',
        GATEWAY_URL: gateway.url,
        GATEWAY_TOKEN: clientToken,
      },
    })
    child.on('message', ({ id, result, error }: Message) => {
      const one = pending.get(id)
      pending.delete(id)
      if (error === undefined) one?.resolve(result)
      else one?.reject(new ClientFailure(error))
    })
    child.on('exit', (code) => {
      for (const one of pending.values()) one.reject(new Error(`${name} ended with ${code}.`))
      pending.clear()
    })
  })
  afterAll(() => void child?.kill())

  const run = (step: string, input: object = {}): Promise<unknown> =>
    new Promise((resolve, reject) => {
      last += 1
      pending.set(last, { resolve, reject })
      child?.send({ id: last, step, input })
    })

  return {
    run,
    async failureOf(step, input) {
      const failure = await run(step, input).then(
        () => undefined,
        (error: unknown) => error,
      )
      if (failure instanceof ClientFailure) return failure.seen
      throw new Error(`${name} saw no error.`, { cause: failure })
    },
  }
}
