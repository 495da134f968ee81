import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterEach, describe, expect, test } from 'vitest'
import type { CallCounter } from '../auth/clients/admission.ts'
import type { Callers } from '../auth/clients/credentials.ts'
import { ClientError } from './client-error.ts'
import type { Dialect, Operation } from './dialect.ts'
import type { Refusal } from '../http/refusals.ts'
import { mount, type RequestCounter } from './mount.ts'

const servers: Server[] = []
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    server.close()
  }
})

const caller = { id: 'me', isAdmin: false, mayUse: () => true }
const callers: Callers = {
  identify(credentials) {
    if (credentials.includes('disabled')) return { ...caller, problem: () => 'disabled' }
    return credentials.includes('known') ? { ...caller, problem: () => undefined } : undefined
  },
}

/** A dialect with one operation, on a real port. Its answers are `status code`. */
async function start(serve: Operation['serve']) {
  const errors: unknown[] = []
  const refusals: Refusal[] = []
  const ended: Parameters<RequestCounter['requestEnded']>[0][] = []
  let served = 0
  let admissions = 0
  let open = 0
  const dialect: Dialect = {
    name: 'openai',
    operations: [
      {
        methods: ['POST'],
        paths: ['/call'],
        body: 'whole',
        serve(request) {
          served += 1
          return serve(request)
        },
      },
    ],
    renderFailure: (reason) => ({
      status: reason.status,
      headers: {},
      body: reason.code,
      reason,
    }),
  }
  const counter: CallCounter = {
    begin() {
      admissions += 1
      open += 1
      return { ok: true, release: () => (open -= 1) }
    },
  }
  const [route] = mount(dialect, {
    callers,
    counter,
    requests: { requestBegan: () => {}, requestEnded: (end) => void ended.push(end) },
    methodOf: () => 'call',
    maxBodyBytes: () => 1024,
    now: () => 0,
    onRefusal: (refusal) => void refusals.push(refusal),
    onError: (error) => void errors.push(error),
  })
  const server = createServer((request, response) => route?.handle(request, response))
  servers.push(server)
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return {
    port,
    errors,
    refusals,
    ended,
    served: () => served,
    admissions: () => admissions,
    open: () => open,
    async post(init: RequestInit = {}, token = 'known') {
      const headers = { authorization: `Bearer ${token}` }
      const url = `http://127.0.0.1:${port}/call`
      const response = await fetch(url, { method: 'POST', headers, ...init })
      return [response.status, await response.text()]
    },
  }
}

const answer: Operation['serve'] = async ({ client }) => client.send(200, {}, 'ok')

describe('a request', () => {
  test('is served with its body and its caller', async () => {
    const { post } = await start(async ({ body, caller: { id }, client }) =>
      client.send(200, {}, `${body.toString()} ${id}`),
    )
    expect(await post({ body: 'hello' })).toEqual([200, 'hello me'])
  })

  test('with an unknown or disabled token is refused and not served', async () => {
    const gateway = await start(answer)
    expect(await gateway.post({}, 'unknown')).toEqual([401, 'unknown_token'])
    expect(await gateway.post({}, 'disabled')).toEqual([401, 'token_disabled'])
    expect(gateway.served()).toBe(0)
    await expect.poll(() => gateway.refusals).toHaveLength(2)
    expect(gateway.refusals).toMatchObject([
      { surface: 'openai', code: 'unknown_token', status: 401, caller: undefined },
      { surface: 'openai', code: 'token_disabled', status: 401, caller: 'me' },
    ])
  })

  test('with a body over the limit is refused, and its connection is closed', async () => {
    const gateway = await start(answer)
    const socket = connect(gateway.port, '127.0.0.1')
    socket.write('POST /call HTTP/1.1\r\nhost: a\r\nauthorization: Bearer known\r\n')
    socket.write('content-length: 5000\r\n\r\nthe first bytes')
    const received = await text(socket)
    expect(received).toMatch(/^HTTP\/1\.1 413 /)
    expect(received).toMatch(/\nconnection: close\r\n/i)
    expect(received).toMatch(/body_too_large$/)
    expect(gateway.served()).toBe(0)
  })

  test('is counted as ended with its status', async () => {
    const gateway = await start(answer)
    await gateway.post()
    await expect
      .poll(() => gateway.ended)
      .toEqual([{ dialect: 'openai', method: 'call', status: 200, isWhole: true }])
  })
})

describe('the admission of a request', () => {
  test('counts once for several calls and is released after the answer', async () => {
    const gateway = await start(async (request) => {
      request.admit('a')
      request.admit('b')
      request.client.send(200, {}, String(gateway.open()))
    })
    expect(await gateway.post()).toEqual([200, '1'])
    expect(gateway.admissions()).toBe(1)
    await expect.poll(gateway.open).toBe(0)
  })

  test('is released when serving fails', async () => {
    const gateway = await start(async (request) => {
      request.admit('a')
      throw new Error('A bug.')
    })
    expect(await gateway.post()).toEqual([500, 'internal_error'])
    expect(gateway.admissions()).toBe(1)
    await expect.poll(gateway.open).toBe(0)
  })

  test('is released when the client disconnects', async () => {
    const leaving = new AbortController()
    const gateway = await start(async (request) => {
      request.admit('a')
      const disconnected = new Promise<void>((resolve) => request.client.signal.onAbort(resolve))
      leaving.abort()
      await disconnected
    })
    await expect(gateway.post({ signal: leaving.signal })).rejects.toThrow()
    await expect.poll(() => gateway.ended).toMatchObject([{ status: 0, isWhole: false }])
    expect(gateway.admissions()).toBe(1)
    await expect.poll(gateway.open).toBe(0)
  })
})

describe('an error', () => {
  test('of the client is rendered by the dialect and not reported', async () => {
    const gateway = await start(async () => {
      throw new ClientError('No.')
    })
    expect(await gateway.post()).toEqual([400, 'invalid_input'])
    expect(gateway.errors).toEqual([])
  })

  test('of the gateway is reported even when the client has left', async () => {
    const bug = new Error('A bug.')
    const leaving = new AbortController()
    const gateway = await start(async (request) => {
      const disconnected = new Promise<void>((resolve) => request.client.signal.onAbort(resolve))
      leaving.abort()
      await disconnected
      throw bug
    })
    await expect(gateway.post({ signal: leaving.signal })).rejects.toThrow()
    await expect.poll(() => gateway.errors).toEqual([bug])
  })

  test('that only says that the client left is not reported', async () => {
    const leaving = new AbortController()
    const gateway = await start(async (request) => {
      const disconnected = new Promise<void>((resolve) => request.client.signal.onAbort(resolve))
      leaving.abort()
      await disconnected
      request.client.signal.abortSignal.throwIfAborted()
    })
    await expect(gateway.post({ signal: leaving.signal })).rejects.toThrow()
    await expect.poll(() => gateway.ended).toHaveLength(1)
    expect(gateway.errors).toEqual([])
  })

  test('of the gateway is reported and answered as internal_error', async () => {
    const bug = new Error('A bug.')
    const gateway = await start(async () => {
      throw bug
    })
    expect(await gateway.post()).toEqual([500, 'internal_error'])
    expect(gateway.errors).toEqual([bug])
  })

  test('after the first byte is reported, and the connection is broken off', async () => {
    const gateway = await start(async ({ client }) => {
      client.begin(200, {})
      client.write(Buffer.from('the first bytes'))
      throw new ClientError('Too late.')
    })
    await expect(gateway.post()).rejects.toThrow('terminated')
    expect(gateway.errors).toMatchObject([{ message: 'Too late.' }])
  })
})
